"""What a text states, read by rule."""
