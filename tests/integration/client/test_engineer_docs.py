"""The commands of docs/engineer.md lead from a recording to a training loop, as they stand."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from labelapp.accounts.services import api_token_create
from labelapp.labels.models import LabelSet
from labelapp.projects.models import Membership, Project, Role
from tests.integration.client.training_tools import FOLDER, PYTHON, ROOT
from tests.integration.files import storages_in
from tests.integration.worker import running_worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(1500)]
#: The first block says how much is made; here it is as little as shows the way.
SMALL = "CLIPS=3 TICKS=3 EPOCHS=2"


def blocks(heading: str) -> list[str]:
    """The shell commands of a section."""
    text = (ROOT / "docs" / "engineer.md").read_text()
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def test_the_documented_commands_lead_from_recordings_to_compared_labels(
    cast, ontology, live_server, settings, tmp_path: Path
) -> None:
    if not PYTHON.exists():
        pytest.skip("PyTorch is not installed: make training-tools")
    assert Path(ROOT / ".venv-training").resolve() == FOLDER.resolve()
    stored = tmp_path / "stored"
    stored.mkdir()
    settings.STORAGES = storages_in(stored, settings.STORAGES)
    Project.objects.filter(pk=cast.project.pk).update(slug="demo")
    assert Membership.objects.filter(project=cast.project, role=Role.ENGINEER).exists()
    scopes = ["read", "import", "label", "export"]
    token = api_token_create(actor=cast["engineer"], name="docs", scopes=scopes, days=1)[1]
    first, *others = blocks("From a recording on disk to a training loop")
    assert re.fullmatch(r"WORK=\w+ CLIPS=\d+ TICKS=\d+ EPOCHS=\d+\n", first)
    work = tmp_path / "work"
    script = tmp_path / "commands.sh"
    script.write_text("\n".join(["set -eux", f"WORK={work} {SMALL}", *others]))
    environment = {
        **os.environ,
        "LABELAPP_URL": live_server.url,
        "LABELAPP_TOKEN": token,
        "PYTHONPATH": str(ROOT),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    with running_worker(stored, queue="ingest,export,projection"):
        done = subprocess.run(
            ["bash", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-3000:]
    run, lanes = (json.loads((work / n / "report.json").read_text()) for n in ("run", "lanes"))
    losses = [sum(epoch.values()) for epoch in run["losses"]]
    assert losses[-1] < losses[0], "the loss falls"
    assert set(run["held_out"]) == set(run["blind"])
    assert lanes["heads"] == ["lanes"]
    frozen_stays(work)
    (label_set,) = LabelSet.objects.filter(source="model")
    assert (label_set.name, label_set.clip.name) == ("network-1", "simulated-street-3")
    assert "score\t" in done.stdout


def frozen_stays(work: Path) -> None:
    """What was frozen is the same bytes, what learned on isn't."""
    script = """
import sys, torch
before, after = (torch.load(path, weights_only=True) for path in sys.argv[1:])
changed = {name for name in before if not torch.equal(before[name], after[name])}
assert changed and all(name.startswith("heads.lanes.") for name in changed), changed
"""
    paths = [work / name / "model.pt" for name in ("run", "lanes")]
    subprocess.run([PYTHON, "-c", script, *paths], check=True)
