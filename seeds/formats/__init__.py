"""Readers of files: `reader` reads any, `detection` lists the formats, and each format is one module."""
