"""Rows of facts one by one: found, shown and written, for pages and REST alike."""
