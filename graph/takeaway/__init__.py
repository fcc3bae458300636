"""What people take away of a generation: whole files, made once, each with its size and its SHA-256."""
