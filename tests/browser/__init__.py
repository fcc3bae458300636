"""Tests that look at the pages of the running service in a browser."""
