"""Benchmarks of comparing label sets."""
