"""Answers to questions: sentences of abstracts, word for word, and the side that each is on."""
