"""Training of the landmark model: crops from shards, what is done to them, and the loss."""
