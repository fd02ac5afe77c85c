"""What was asked: a question that stands alone, in the corpus' language, and is no order."""
