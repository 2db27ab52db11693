"""The look-up index: posting lists, vocabulary, prefix index and document values, and how they are kept current."""
