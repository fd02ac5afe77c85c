"""Questions about the corpus itself, answered from its own data."""
