"""Tasks that begin with a machine's labels, and what that saves."""
