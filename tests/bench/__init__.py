"""What the product costs, measured on a generated world, as ratios within one run."""
