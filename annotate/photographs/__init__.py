"""What photographs a folder holds, and how they are read without trusting them."""
