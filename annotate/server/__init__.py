"""The server that a browser labels photographs through."""
