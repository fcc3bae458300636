"""What networks, measures and the search for repeated texts cost on synthetic questions."""
