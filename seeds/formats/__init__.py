"""Readers of files: author pages, BibTeX, RIS, CSL-JSON, dumps, DBLP."""
