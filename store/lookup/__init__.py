"""Look-up of papers by title and authors by name, however they are typed."""
