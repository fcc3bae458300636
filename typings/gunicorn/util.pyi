hop_headers: frozenset[str]
