"""The networks and the regression, one face each."""
