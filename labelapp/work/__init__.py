"""Tasks: who labels what next, until when, and what became of it."""
