"""Benchmarks of the projection engine."""
