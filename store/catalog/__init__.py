"""Papers and people: entity resolution, merging, provenance, reading, relatedness, citation styles."""
