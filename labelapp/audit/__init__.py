"""The audit log: who did what, written by the database itself, and never changed again."""
