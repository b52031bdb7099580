"""What the customers' people do in the tenant's product: events, sessions, days of use."""
