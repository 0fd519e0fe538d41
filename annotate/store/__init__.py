"""The labels of a folder's photographs, with all their revisions, in one SQLite file."""
