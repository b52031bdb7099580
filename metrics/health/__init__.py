"""Health models, their versions, and the scorecards that they make."""
