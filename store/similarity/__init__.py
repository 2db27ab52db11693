"""How close papers are to those that somebody follows: terms, profiles, scores, and the threshold by volume."""
