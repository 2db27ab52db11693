"""What guilds say and what was posted there: subscriptions, percolator, outbox, digests, aliases."""
