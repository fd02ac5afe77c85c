"""From a question to an answer whose every sentence cites exact characters."""
