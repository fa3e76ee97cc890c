"""How all kernels are compiled."""

from numba import njit

#: Cached on disk, without Python's lock, and with IEEE division: a zero below gives inf or NaN.
#: Python's own rule (an exception) would put a branch into every loop that divides.
compiled = njit(cache=True, nogil=True, error_model="numpy")
#: The same, for the few lines that vanish into their caller.
inlined = njit(cache=True, nogil=True, error_model="numpy", inline="always")
#: A product and a sum may be rounded once instead of twice: for long loops of polynomials.
fused = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
