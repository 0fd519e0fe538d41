"""What is worn on hands: the shapes of gloves and ornaments, as numbers."""
