"""The conformance suites of the W3C: their files, and what we make of them."""
