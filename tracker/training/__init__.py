"""From shards and a recipe to trained weights. Needs PyTorch; the runtime does not."""
