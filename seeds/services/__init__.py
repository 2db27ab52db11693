"""Clients and answers of outside services: arXiv, OpenAlex, Semantic Scholar, Crossref, language models."""
