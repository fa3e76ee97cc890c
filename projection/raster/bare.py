"""How the inner kernels of the rasters are compiled."""

from typing import Any

from numba import njit

#: Without counting who holds an array (``_nrt``, which numba's type hints don't know): a kernel
#: takes views of its arguments thousands of times, and counting each one (atomically) costs more
#: than what is done with it. Such a kernel can neither make arrays nor keep them: its callers hold
#: all that it works on.
_BARE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}

bare_compiled = njit(**_BARE)
#: The same, for what vanishes into its caller: a call hands over every field of every array.
bare_inlined = njit(forceinline=True, **_BARE)
