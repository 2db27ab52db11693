"""Where papers come from: the bundled seed documents, readers of files, and clients of outside services."""
