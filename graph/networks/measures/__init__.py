"""Measures: pure functions of a network, each with its definition, its reference and one type of result."""
