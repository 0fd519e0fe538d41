"""How good the tracker is: metrics, what they are computed on, and how they are shown."""
