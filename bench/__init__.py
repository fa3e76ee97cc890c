"""Benchmarks beside peers and bounds; ``python -m bench`` prints all of them."""
