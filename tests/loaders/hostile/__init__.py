"""Tests of damaged and deceiving files."""
