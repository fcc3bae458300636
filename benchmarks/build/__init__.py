"""How fast a graph is built, as ratios to named references measured in the same run, on synthetic questions."""
