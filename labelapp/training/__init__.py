"""Gold, courses and scores: how good the labels are, and how people get better."""
