"""Periods, the windows of days that they mean, and intervals of estimates."""
