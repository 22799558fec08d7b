"""The text format: rows of styled spans for a person at a terminal."""
