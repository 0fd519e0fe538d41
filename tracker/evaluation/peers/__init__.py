"""Other trackers, run elsewhere: a script for their environment, and a reader of what it wrote."""
