"""An answer in the corpus' own words."""
