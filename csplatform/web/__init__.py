"""What a request meets before any page: doors that belong to no app."""
