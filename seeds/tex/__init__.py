"""TeX turned into readable text."""
