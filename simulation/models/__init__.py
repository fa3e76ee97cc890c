"""Shapes of the things in a street, built from numbers alone."""
