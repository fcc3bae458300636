"""How soon a page is written and painted, every type of page on a synthetic legislature of full size."""
