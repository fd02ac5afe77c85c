"""Retrieval and answering: from a question to an answer whose every sentence cites exact characters."""
