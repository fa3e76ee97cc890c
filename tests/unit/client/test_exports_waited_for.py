"""What is no export yet, or never will be one, is not taken for an export without files."""

from pathlib import Path
from typing import Any

import pytest

from labelapp.client.datasets import Export
from labelapp.client.errors import JobFailedError, WaitedInVainError
from labelapp.client.transport import Patience, Transport
from labelapp.client.waiting import wait_for


def export_in(state: str) -> Export:
    # Nobody is asked: there is nothing at this address.
    transport = Transport("http://127.0.0.1:9", "token", patience=Patience(tries=1, timeout_s=1.0))
    return Export(transport, "one", {"state": state, "files": []})


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("failed", JobFailedError),
        ("cancelled", JobFailedError),
        ("queued", WaitedInVainError),
        ("running", WaitedInVainError),
    ],
)
def test_downloading_what_is_not_done_is_refused(
    tmp_path: Path, state: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=f"^The export is {state}: there is nothing to download"):
        export_in(state).download(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("state", "said"), [("failed", "failed"), ("cancelled", "was cancelled")])
def test_waiting_ends_with_how_the_job_ended(state: str, said: str) -> None:
    answer: dict[str, Any] = {"state": state, "message": "So it goes."}
    with pytest.raises(JobFailedError, match=f"^The export {said}: So it goes"):
        wait_for(lambda: answer, lambda _: None, timeout_s=1.0, what="The export")
