"""The networks, in PyTorch: a palm detector and a landmark model from the same blocks."""
