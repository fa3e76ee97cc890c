"""Data set versions: what is asked for, how it is split, and freezing it."""
