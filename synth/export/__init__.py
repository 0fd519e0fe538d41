"""Datasets as files that other tools read: COCO, FreiHAND-like JSON, Parquet."""
