"""Labels of others sent by the client: the commands of docs/engineer.md, as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from labelapp.accounts.services import api_token_create
from labelapp.client import Client, JobFailedError, SettingError
from labelapp.clips.services import clip_import
from labelapp.labels.models import LabelSet
from labelapp.projects.models import Project
from tests.integration.clip_folders import write_clip_folder
from tests.integration.files import storages_in
from tests.integration.worker import running_worker
from tests.unit.imports.foreign import nuscenes_folder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]


def test_the_documented_commands_import_others_labels_and_compare_them(
    cast, ontology, live_server, settings, tmp_path: Path, monkeypatch
) -> None:
    stored = tmp_path / "stored"
    stored.mkdir()
    settings.STORAGES = storages_in(stored, settings.STORAGES)
    Project.objects.filter(pk=cast.project.pk).update(slug="demo")
    cast.project.refresh_from_db()
    folder = write_clip_folder(tmp_path / "street")
    clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None)
    labels = nuscenes_folder(tmp_path / "nu", origin=(411.0, 1180.0, 2.0))
    # Pictures beside labels stay at home.
    (labels / "samples").mkdir()
    (labels / "samples" / "big.jpg").write_bytes(bytes(1000))
    scopes = ["read", "import", "label", "export"]
    token = api_token_create(actor=cast["engineer"], name="docs", scopes=scopes, days=1)[1]
    text = (ROOT / "docs" / "engineer.md").read_text()
    (block,) = re.findall(r"## Labels of others\n.*?```sh\n(.*?)```", text, re.DOTALL)
    shim = tmp_path / "bin" / "labelapp-client"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -m labelapp.client "$@"\n')
    shim.chmod(0o755)
    environment = {
        **os.environ,
        "LABELAPP_URL": live_server.url,
        "LABELAPP_TOKEN": token,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{shim.parent}:{os.environ['PATH']}",
        "LABELS": str(labels),
        "CLIP": "street",
    }
    with running_worker(stored, queue="ingest"):
        done = subprocess.run(
            ["bash", "-eux", "-c", block],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-3000:]
        looked, imported = done.stdout.split("objects/import/vendor")
        assert "1 x vehicle.car -> ? (say --class, perhaps car)" in looked
        assert "1 x vehicle.car -> car" in looked
        assert "1 labels\nscore" in imported
        assert LabelSet.objects.get(source="import").name == "vendor"

        with Client(live_server.url, token) as client:
            project = client.project("demo")
            clip = project.clip("street")
            with pytest.raises(JobFailedError, match=r"classes: 'vehicle\.car' of the files"):
                project.import_labels(labels, clip=clip)
            found = project.import_labels(
                labels, clip=clip, name="vendor", classes={"vehicle.car": "car"}
            )
            assert [one.label_count for one in found.label_sets] == [1]
            with pytest.raises(SettingError, match="expected a folder or a file"):
                project.import_labels(tmp_path / "nothing")
    assert LabelSet.objects.filter(source="import").count() == 1
    assert not list((stored / "clips" / "uploads").glob("*/*"))
