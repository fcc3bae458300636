"""How many queries a second, and how soon: this service beside the ways to do without it, in one run."""
