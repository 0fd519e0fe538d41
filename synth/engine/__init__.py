"""Executors: they make the sequences that they are given and leave them as parts."""
