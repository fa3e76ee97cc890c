"""Compiled kernels (numba, cached on disk). Nothing here is imported with ``projection`` itself."""
