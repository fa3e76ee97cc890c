"""How well one click fits a box and a track follows one, on labelled clips."""
