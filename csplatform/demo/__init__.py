"""Demo tenants with real data, so that a person can look around before loading anything."""
