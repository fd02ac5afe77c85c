"""Ingest: from a folder of texts to an index of passages with exact character spans."""
