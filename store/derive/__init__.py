"""What can be derived from papers: summaries, relatedness, profiles."""
