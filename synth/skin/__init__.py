"""Image maps of skin in the hand's UV space: colour, masks, relief and roughness."""
