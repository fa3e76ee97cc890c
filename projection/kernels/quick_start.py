"""What loading the first compiled function needn't wait for."""

import importlib.util
import sys

import numpy as np  # noqa: F401  its submodule is deferred


def defer_f2py() -> None:
    """Load ``numpy.f2py`` only when something of it is used.

    Numba asks SciPy's linear algebra for its BLAS, which asks for every name in numpy: that alone
    would load numpy's Fortran compiler driver, most of the time of a cold start.
    """
    name = "numpy.f2py"
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    # As an import does; without it, numpy would look for it itself.
    sys.modules["numpy"].__dict__["f2py"] = module
