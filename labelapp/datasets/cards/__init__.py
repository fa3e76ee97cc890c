"""Cards: what a version looks like, counted from its projected targets."""
