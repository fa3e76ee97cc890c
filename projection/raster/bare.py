"""How the inner kernels of the rasters are compiled."""

from typing import Any

from numba import njit

#: Without counting who holds an array (``_nrt``, which numba's type hints don't know): a kernel
#: takes views of its arguments thousands of times, and counting each one (atomically) costs more
#: than what is done with it. Such a kernel can neither make arrays nor keep them: its callers hold
#: all that it works on.
_BARE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}

bare_compiled = njit(**_BARE)
#: The same, for the few lines that vanish into their caller.
bare_inlined = njit(inline="always", **_BARE)
#: The same for bounds, whose last digits don't matter: sums over lines may be found in any order.
bound_compiled = njit(fastmath={"reassoc", "nsz"}, **_BARE)
