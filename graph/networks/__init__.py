"""Networks of askers and ministries as networkx graphs, their measures and exports."""
