"""questeur: a knowledge graph of the questions French deputies put to ministries."""
