"""A hand takes hold of a thing: opens before it, closes until it touches, and is put right."""
