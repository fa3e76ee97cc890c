"""Run the whole product on one machine until Ctrl-C: database, broker, web server, workers, demo.

Everything it keeps is below the data folder (``LABELAPP_DATA_DIR``, else ``.labelapp/``).
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

from labelapp.common import embedded
from labelapp.demo.processes import Process

ROOT = Path(__file__).resolve().parents[2]
_MIN_FREE_BYTES = 500 * 1024 * 1024
_WEB_START_TIMEOUT_S = 60


class DemoError(RuntimeError):
    """The product can't be run here; the message is the sentence to print."""


def main() -> int:
    """Run until SIGINT or SIGTERM; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m labelapp.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in")
    parser.add_argument("--without-clip", action="store_true", help="don't simulate a demo clip")
    parser.add_argument(
        "--with-tasks", action="store_true", help="a second project, with tasks in its queue"
    )
    arguments = parser.parse_args()

    stopping = threading.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, lambda *_: stopping.set())
    data_dir = Path(os.environ.get("LABELAPP_DATA_DIR", ROOT / ".labelapp")).resolve()
    os.environ["LABELAPP_DATA_DIR"] = str(data_dir)
    os.chdir(ROOT)
    try:
        _check_port(arguments.host, arguments.port)
        _check_disk(data_dir)
        with embedded.in_use(data_dir):
            _run(arguments, data_dir, stopping)
    except (DemoError, embedded.EmbeddedServiceError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _say("Stopped.")
    return 0


def _run(arguments: argparse.Namespace, data_dir: Path, stopping: threading.Event) -> None:
    _manage("migrate", "--verbosity", "0")
    _manage("collectstatic", "--noinput", "--verbosity", "0")
    seed = ["seed_demo", *(["--without-clip"] if arguments.without_clip else [])]
    seed += ["--with-tasks"] if arguments.with_tasks else []
    if stopping.is_set():
        return
    processes = [
        Process("web server", _web_command(arguments), data_dir / "logs" / "web.log"),
        Process("workers", _worker_command(data_dir), data_dir / "logs" / "worker.log"),
    ]
    try:
        for process in processes:
            process.start()
        _manage(*seed, stopping=stopping)
        _wait_for_web(arguments, data_dir, stopping)
        if not stopping.is_set():
            _say(_welcome(arguments, data_dir))
        while not stopping.wait(0.5):
            for process in processes:
                status = process.restart_if_ended()
                if status is not None:
                    _say(f"The {process.name} ended with status {status} and was started again.")
    finally:
        _say("Stopping ...")
        for process in processes:
            process.stop(timeout_s=20)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            msg = (
                f"Port {port} can't be used ({error.strerror}): something else runs there; "
                f"choose another with `make demo PORT={port + 1}`."
            )
            raise DemoError(msg) from error


def _check_disk(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"The data folder {data_dir} can't be made: {error.strerror}."
        raise DemoError(msg) from error
    free = shutil.disk_usage(data_dir).free
    if free < _MIN_FREE_BYTES:
        msg = (
            f"The data folder {data_dir} has {free // 2**20} MB free and needs "
            f"{_MIN_FREE_BYTES // 2**20} MB: free some, or name another with LABELAPP_DATA_DIR."
        )
        raise DemoError(msg)


def _manage(*arguments: str, stopping: threading.Event | None = None) -> None:
    """Run a management command to its end, or until ``stopping`` is set."""
    command = [sys.executable, "manage.py", *arguments]
    with subprocess.Popen(command, start_new_session=True) as child:  # noqa: S603
        while True:
            try:
                status = child.wait(0.2)
                break
            except subprocess.TimeoutExpired:
                if stopping is not None and stopping.is_set():
                    child.terminate()
    if status != 0 and not (stopping is not None and stopping.is_set()):
        msg = f"`manage.py {arguments[0]}` failed with status {status}; its message is above."
        raise DemoError(msg)


def _web_command(arguments: argparse.Namespace) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "labelapp.config.wsgi:application",
        "--bind", f"{arguments.host}:{arguments.port}",
        "--worker-class", "gthread", "--workers", "2", "--threads", "8",
        # Labellers save every few seconds: each on the connection that they have.
        "--keep-alive", "30",
        "--timeout", "120", "--graceful-timeout", "10", "--access-logfile", "-",
    ]  # fmt: skip


def _worker_command(data_dir: Path) -> list[str]:
    return [
        sys.executable, "-m", "celery", "--app", "labelapp.config.celery", "worker",
        "--queues", "work,ingest,projection,autolabel,export", "--concurrency", "2",
        "--hostname", f"demo-{os.getpid()}@%h", "--loglevel", "INFO",
        "--without-gossip", "--without-mingle",
        "--statedb", str(data_dir / "worker-state"),
    ]  # fmt: skip


def _wait_for_web(arguments: argparse.Namespace, data_dir: Path, stopping: threading.Event) -> None:
    host = "127.0.0.1" if arguments.host == "0.0.0.0" else arguments.host  # noqa: S104
    url = f"http://{host}:{arguments.port}/api/session"
    for _ in range(_WEB_START_TIMEOUT_S * 5):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if stopping.wait(0.2):
                return
    msg = f"The web server does not answer; its log is {data_dir / 'logs' / 'web.log'}."
    raise DemoError(msg)


def _welcome(arguments: argparse.Namespace, data_dir: Path) -> str:
    host = "localhost" if arguments.host in {"127.0.0.1", "0.0.0.0"} else arguments.host  # noqa: S104
    logins = (data_dir / "demo-logins.txt").read_text().strip()
    return (
        f"\nlabelapp runs at http://{host}:{arguments.port}/\n\n{logins}\n\n"
        f"Data and logs: {data_dir}   Stop: Ctrl-C\n"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
