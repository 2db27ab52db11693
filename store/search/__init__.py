"""The query language of searches and subscriptions: parsing, matching one paper, full text."""
