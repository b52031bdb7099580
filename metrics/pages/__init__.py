"""The screens of the metrics."""
