"""Source → record → noun: the Assembly's shapes and oddities. Opens files it is given; no store, socket or clock."""
