"""Lectern in a simulated Discord: the playground in a browser, and single commands in a terminal."""
