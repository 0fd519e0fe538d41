"""Whether a dataset is what docs/format.md says: shards, labels, images and splits."""
