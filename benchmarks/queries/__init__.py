"""Times every named query on a synthetic legislature: once cold, three times warm."""
