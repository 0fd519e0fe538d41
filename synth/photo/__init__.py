"""The photograph: what is behind the hand, and how a small camera turns light into a JPEG."""
