"""Compiled kernels (numba, cached on disk). Nothing here is imported with ``projection`` itself."""

from projection.kernels.freshness import drop_stale
from projection.kernels.quick_start import defer_f2py

defer_f2py()
drop_stale()
