"""Tests of what people take away of a generation."""
