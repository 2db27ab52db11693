"""The journal club of a guild: when it meets, what is nominated and chosen, who presents, and what was noted."""
