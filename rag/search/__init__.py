"""A question → hits: found, reranked, read."""
