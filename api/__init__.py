"""Result → answer: HTTP, formats, pages. Knows no engine, no networkx, no source."""
