"""The look-up index: posting lists, vocabulary, prefix index, document values, and their upkeep."""
