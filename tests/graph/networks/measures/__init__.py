"""Tests of graph/networks/measures/."""
