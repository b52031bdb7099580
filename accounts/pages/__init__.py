"""Pages of this floor: data in and out, long work, the person's language."""
