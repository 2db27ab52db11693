"""What Lectern knows: models, the database, look-up, what is derived from papers, subscriptions and their ledger."""
