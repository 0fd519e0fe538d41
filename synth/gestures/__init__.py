"""Named gestures and how people vary them."""
