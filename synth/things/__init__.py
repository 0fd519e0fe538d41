"""Rigid things as numbers: meshes of quads, how they are held, and what they look like."""
