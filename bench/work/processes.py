"""What the processes of a running product have spent in processor time."""

import os
from pathlib import Path
from urllib.parse import urlsplit

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
#: In the order in which they are told.
NAMES = ("web", "database", "workers", "client")


def spent_s(url: str, data_dir: str | None = None) -> dict[str, float]:
    """Return the processor time so far by ``NAMES``, seconds (utime and stime).

    Args:
        url: Where the product's web server listens: it is known by its port.
        data_dir: The product's data folder; default: that of ``LABELAPP_DATA_DIR``;
            without one, of no product, only the web server and this process are told.
    """
    named = data_dir or os.environ.get("LABELAPP_DATA_DIR")
    folder = None if named is None else Path(named).resolve()
    pid_file = None if folder is None else folder / "postgres" / "postmaster.pid"
    has_database = pid_file is not None and pid_file.exists()
    postmaster = int(pid_file.read_text().split("\n", 1)[0]) if has_database else None
    port = str(urlsplit(url).port).encode()
    own = os.times()
    found = {"web": 0.0, "database": 0.0, "workers": 0.0, "client": own.user + own.system}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        seconds = (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
        if b"gunicorn" in command and any(part.endswith(b":" + port) for part in command):
            found["web"] += seconds
        elif postmaster == int(process.name):
            # With what those of its processes have spent that have ended since.
            ended_s = (int(fields[13]) + int(fields[14])) / _TICKS_PER_S
            found["database"] += seconds + ended_s
        elif postmaster == int(fields[1]):
            found["database"] += seconds
        elif (
            folder is not None
            and b"labelapp.config.celery" in command
            and bytes(folder) in b" ".join(command)
        ):
            found["workers"] += seconds
    return found
