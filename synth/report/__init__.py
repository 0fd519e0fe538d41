"""A dataset on one page: what is in it, how it is spread, and its worst images."""
