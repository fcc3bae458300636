"""Tests: sentences about behaviour, mirroring the folders."""
