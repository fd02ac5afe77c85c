"""Does it stand in the text: quotes, written sentences, claims."""
