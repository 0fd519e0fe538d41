"""WebDataset shards: plan, members, parts, assembly, reading."""
