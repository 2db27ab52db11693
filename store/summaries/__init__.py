"""Summaries of abstracts: extractive by default, rewritten by a language model where there is one."""
