"""The running service under what strangers do to it: each threat with its bar, short here, long with ``make test-robust``."""
