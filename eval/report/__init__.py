"""A report as tables, files and a page."""
