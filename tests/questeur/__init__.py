"""Tests of questeur/."""
