"""Making a dataset: what its folder holds, what is missing, having it made, shards."""
