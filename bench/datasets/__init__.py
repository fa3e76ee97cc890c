"""Benchmarks of data sets."""
