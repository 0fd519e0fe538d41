"""Two hands in contact: named interactions as data, and the solver that makes them touch."""
