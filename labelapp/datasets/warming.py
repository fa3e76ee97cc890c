"""Compiling the projection's kernels before anybody waits for them.

Numba compiles a kernel when it is first called, and keeps the machine code on disk, for this
machine and these sources. Whoever asked first for targets, or for a box that fits a click, would
wait for that. So servers and workers have a process of its own do it when they start: ``python -m
labelapp.datasets.warming``. It is over in seconds where the code is there already.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

# Found, not imported: servers need none of the compiled code until somebody asks for it.
_PACKAGES = tuple(
    Path(str(found.origin)).parent for found in map(find_spec, ("projection", "autolabel")) if found
)
_STAMP = "kernels.compiled"
_NICE = "10"


def are_compiled() -> bool:
    """Return whether everything has been compiled on this machine, of these sources."""
    try:
        return (_folder() / _STAMP).read_text() == _wanted()
    except OSError:
        return False


def begin() -> None:
    """Have everything compiled by a process of its own; do nothing where that has been done."""
    if are_compiled():
        return
    command = ["nice", "-n", _NICE, sys.executable, "-m", "labelapp.datasets.warming"]
    # The thread is there to take the process's end: nobody else waits for it.
    threading.Thread(target=subprocess.run, args=(command,), daemon=True).start()


def main() -> int:
    """Compile everything, unless another process is at it; return the exit status."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{_STAMP}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        if not are_compiled():
            from labelapp.datasets.small_scene import compile_all  # noqa: PLC0415  loads kernels

            compile_all()
            handle, name = tempfile.mkstemp(dir=folder)
            with os.fdopen(handle, "w") as file:
                file.write(_wanted())
            Path(name).replace(folder / _STAMP)
    return 0


def _folder() -> Path:
    """Return where it is noted: beside the kernels' code, or where nothing can be written there."""
    own = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(own) if own else _PACKAGES[0] / "__pycache__"
    if os.access(folder if folder.exists() else folder.parent, os.W_OK):
        return folder
    return Path(tempfile.gettempdir()) / f"labelapp-kernels-{os.getuid()}"


@lru_cache(maxsize=1)
def _wanted() -> str:
    """Return a hash of all that the machine code hangs on."""
    import llvmlite.binding  # noqa: PLC0415  only where it is asked for

    from projection.kernels.freshness import sources_hash  # noqa: PLC0415  as above

    about = [sources_hash(package) for package in _PACKAGES]
    about += [version("numba"), llvmlite.binding.get_host_cpu_name(), sys.version]
    return hashlib.sha256("\n".join(about).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
