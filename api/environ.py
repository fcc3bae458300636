"""Where a request keeps what is found out about it before any handler sees it: the keys of its WSGI environment."""

from __future__ import annotations

from typing import Final

BEGAN: Final = "questeur.began"  # the monotonic moment it came in
CLIENT: Final = "questeur.client"  # who asks
REQUEST_ID: Final = "questeur.id"
QUERY: Final = "questeur.query"  # its query text
