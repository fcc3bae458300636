"""The drivers, each against its real engine."""
