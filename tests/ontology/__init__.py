"""Tests of ontology/."""
