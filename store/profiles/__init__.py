"""What can be said of an author from their papers: topics, years, co-authors, what to read first."""
