"""Benchmarks and the synthetic corpus they run on. Knows the product's public shapes; ships in no wheel."""
