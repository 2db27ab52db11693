"""Keeping a reading list and a library outside the same: what each side changed since they last agreed."""
