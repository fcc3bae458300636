"""Shapes compiled to SPARQL, and run over a whole store."""
