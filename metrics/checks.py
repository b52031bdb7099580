"""Checks of the catalogue at start-up."""
