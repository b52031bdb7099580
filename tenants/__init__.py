"""Who the tenants are, and the only code that knows how they are kept apart."""
