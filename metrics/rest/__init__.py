"""The figures over REST."""
