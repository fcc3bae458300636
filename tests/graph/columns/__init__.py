"""Tests of the fact table."""
