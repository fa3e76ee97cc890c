"""Pure geometry: cameras, trajectories, labels in time, and what they look like in every image."""
