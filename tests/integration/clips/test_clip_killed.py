"""Imports that are killed, and two at once."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from labelapp.clips.models import Clip
from labelapp.clips.staging import ImportInterruptedError, clear_dead_imports, staging
from labelapp.clips.storage import clip_storage
from labelapp.common.storage import put_bytes
from tests.integration.clip_folders import write_clip_folder
from tests.integration.files import files_below
from tests.integration.worker import REPOSITORY, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
def test_what_a_killed_import_left_is_cleared_away_by_the_next(
    tmp_path: Path, stored: Path, cast, do_import
) -> None:
    folder = write_clip_folder(tmp_path / "long", ticks=400)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.integration.worker_settings",
        "LABELAPP_TEST_DATABASE": connection.settings_dict["NAME"],
        "LABELAPP_TEST_FILES": str(stored.parent),
    }
    command = [sys.executable, "manage.py", "import_clip", str(folder), "--project", "a"]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_until(lambda: len(list(stored.glob("*/images/0/*.jpg"))) > 20)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert not Clip.objects.exists()
    assert len(files_below(stored)) > 20

    wait_until(clear_dead_imports, timeout_s=10)  # the server needs a moment to notice
    assert files_below(stored) == []
    clip = do_import(folder).clip
    assert clip.image_count == 800
    assert len(files_below(stored / clip.storage_prefix)) == 2 + 2 * 800 + 400


def test_an_import_that_lives_is_left_alone(stored: Path) -> None:
    cleared = []

    def other_process() -> None:
        cleared.append(clear_dead_imports())
        connection.close()

    with staging("11111111-1111-1111-1111-111111111111"):
        put_bytes(clip_storage(), "11111111-1111-1111-1111-111111111111/images/0/0.jpg", b"x")
        thread = threading.Thread(target=other_process)
        thread.start()
        thread.join()
        assert cleared == [0]
        assert len(files_below(stored)) == 2


def test_points_that_a_dead_import_had_on_the_disk_go_too(stored: Path, settings) -> None:
    prefix = "33333333-3333-3333-3333-333333333333"
    put_bytes(clip_storage(), f"staging/{prefix}", b"")
    spooled = settings.DATA_DIR / "work" / f"sweep-{prefix}-x"
    spooled.mkdir(parents=True)
    (spooled / "points").write_bytes(b"half")
    assert clear_dead_imports() == 1
    assert not spooled.exists()


def test_a_folder_that_no_import_marked_is_never_deleted(stored: Path) -> None:
    """The storage may be another database's too."""
    put_bytes(clip_storage(), "22222222-2222-2222-2222-222222222222/manifest.json.gz", b"x")
    assert clear_dead_imports() == 0
    assert len(files_below(stored)) == 1


def test_an_import_that_died_after_its_commit_is_a_clip(folder, do_import, stored: Path) -> None:
    clip = do_import(folder).clip
    before = files_below(stored)
    put_bytes(clip_storage(), f"staging/{clip.storage_prefix}", b"")
    assert clear_dead_imports() == 0
    assert files_below(stored) == before


def test_an_import_that_lost_its_database_session_keeps_nothing(
    folder, do_import, stored: Path, monkeypatch
) -> None:
    module = sys.modules["labelapp.clips.services.clip_import"]
    write = module.clip_write

    def write_and_lose_the_session(*args, **options):
        written = write(*args, **options)
        connection.close()
        return written

    monkeypatch.setattr(module, "clip_write", write_and_lose_the_session)
    with pytest.raises(ImportInterruptedError):
        do_import(folder)
    assert not Clip.objects.exists()
    assert files_below(stored) == []


def test_the_same_folder_twice_at_once_is_one_clip(folder, do_import, stored: Path) -> None:
    results = []
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        results.append(do_import(folder))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clip = Clip.objects.get()
    assert [result.clip.pk for result in results] == [clip.pk] * 3
    assert sorted(result.is_new for result in results) == [False, False, True]
    assert {path.split("/")[0] for path in files_below(stored)} == {clip.storage_prefix}
