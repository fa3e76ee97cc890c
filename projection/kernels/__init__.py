"""Compiled kernels (numba, cached on disk). Nothing here is imported with ``projection`` itself."""

from projection.kernels.freshness import drop_stale

drop_stale()
