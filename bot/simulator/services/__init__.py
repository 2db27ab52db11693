"""Services on loopback that answer like those outside, about made people and papers."""
