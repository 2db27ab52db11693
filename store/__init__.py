"""What Lectern knows: papers and people, look-up, search, summaries, and what guilds follow."""
