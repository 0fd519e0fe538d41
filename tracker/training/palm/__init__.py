"""Training of the palm detector: pictures from shards, what is done to them, and the loss."""
