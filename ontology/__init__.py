"""What may be said: terms, IRIs, nouns, statements, errors. Knows no source, no store, no HTTP."""
