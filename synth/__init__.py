"""Synthetic hand datasets: manifest → scene description → shards. Never imports bpy."""

__version__ = "0.1.0"
