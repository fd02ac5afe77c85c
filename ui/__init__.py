"""What people use: the page, the API, the widget and the command line."""
