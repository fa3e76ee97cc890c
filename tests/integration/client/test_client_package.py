"""The client is a package of its own: it is installed from its folder, without the server."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_the_folder_installs_a_client_that_needs_nothing_of_the_server(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "labelapp" / "client", source)
    target = tmp_path / "site"
    pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [sys.executable, *pip, "--disable-pip-version-check", "--target", target, source],
        check=True,
    )
    script = """
import sys
import labelapp.client, labelapp.client.training, labelapp.client.__main__
assert labelapp.client.__file__.startswith(sys.argv[1]), labelapp.client.__file__
loaded = {name.partition(".")[0] for name in sys.modules}
assert not loaded & {"django", "projection", "celery", "scipy", "torch"}, loaded
client = labelapp.client.Client("http://127.0.0.1:9", "token")
"""
    environment = {**os.environ, "PYTHONPATH": str(target)}
    subprocess.run(
        [sys.executable, "-c", script, target], check=True, cwd=tmp_path, env=environment
    )
    command = [target / "bin" / "labelapp-client", "--help"]
    shown = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    assert "push-clip" in shown.stdout
