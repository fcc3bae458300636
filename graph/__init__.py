"""Statements → generation → result: stores, SPARQL, networks, checks. Knows no source and no HTTP."""
