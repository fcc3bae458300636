"""Tests of graph/networks/."""
