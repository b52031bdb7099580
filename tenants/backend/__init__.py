"""PostgreSQL, with the tenant's schema and role set for every cursor or not at all."""
