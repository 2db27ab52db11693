"""Embeddings: papers and questions as vectors, by a model where there is one, and the papers whose vectors are near."""
