"""The tenant's own people, and its customers: accounts, contacts, subscriptions and their money."""
