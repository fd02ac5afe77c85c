"""May a question be answered, and what is missing."""
