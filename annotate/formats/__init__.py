"""Labels as files that other tools read, and back: COCO, CVAT, Label Studio, the own shards."""
