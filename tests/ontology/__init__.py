"""What the ontology folder promises."""
