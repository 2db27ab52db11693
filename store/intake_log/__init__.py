"""What comes in, as an ordered log that each of several hosts applies to the papers in its own file."""
