"""Questions asked of the whole book: cohorts, survival, repeat purchases, goals."""
