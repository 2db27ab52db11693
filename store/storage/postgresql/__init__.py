"""The guild half of the store in PostgreSQL."""
