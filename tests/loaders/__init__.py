"""Tests of loaders/."""
