"""Asking and listening: surveys and what was answered."""
