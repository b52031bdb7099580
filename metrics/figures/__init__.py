"""The numbers: totals of rows, readings of metrics, and the rows behind them."""
