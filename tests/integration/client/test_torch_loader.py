"""The loader for torch: workers change nothing, and a position is gone back to."""

import json
from pathlib import Path

import pytest

from tests.integration.client.training_tools import with_torch
from tests.integration.clip_folders import write_clip_folder, write_labels
from tests.integration.datasets.conftest import (  # noqa: F401  fixtures
    clip,
    do_export,
    file_of,
    folder,
    moving_car,
    stored,
    unpacked,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SCRIPT = """
import json, sys, torch
from labelapp.client.training import ClipDataset, ShardStore, Share, Window
from labelapp.client.training.loading import ClipLoader

dataset = ClipDataset(ShardStore(sys.argv[1]), Window(cameras=["front", "rear"]))

def loader(**options):
    return ClipLoader(dataset, 2, seed=5, **options)

def digest(batch):
    sums = batch["images"].double().sum().item(), batch["heads"]["cars"]["valid"].sum().item()
    return [batch["times_ns"][:, 0].tolist(), *sums]

whole = loader()
first, second = [[digest(b) for b in whole] for _ in range(2)]
assert first != second, "another order in another epoch"
assert sorted(t for times, *_ in first for t in times) == sorted(
    t for times, *_ in second for t in times
)
workers = loader(workers=2)
assert [[digest(b) for b in workers] for _ in range(2)] == [first, second]

broken = loader(workers=2)
had = []
for batch in broken:
    had.append(digest(batch))
    if len(had) == 2:
        state = json.loads(json.dumps(broken.state_dict()))
        break
again = loader()
again.load_state_dict(state)
assert had + [digest(b) for b in again] == first
assert [digest(b) for b in again] == second
end = loader()
list(end)
over = loader()
over.load_state_dict(end.state_dict())
assert [digest(b) for b in over] == second
ranks = [loader(share=Share(rank, 2)) for rank in range(2)]
shares = [{t for b in one for t in b["times_ns"][:, 0].tolist()} for one in ranks]
assert len(ranks[0]) == len(ranks[1]) and not shares[0] & shares[1]
try:
    ClipLoader(dataset, 3, seed=5).load_state_dict(state)
except ValueError as error:
    assert "batch_size" in str(error)
else:
    raise AssertionError
batch = next(iter(loader()))
assert batch["images"].shape == (2, 1, 2, 3, 48, 64) and batch["images"].dtype == torch.uint8
print(json.dumps({"batches": len(first)}))
"""


def test_an_epoch_is_the_same_with_any_workers_and_goes_on_where_it_was(
    cast,
    ontology,
    tmp_path: Path,
    do_export,  # noqa: F811
    file_of,  # noqa: F811
    unpacked,  # noqa: F811
) -> None:
    from labelapp.clips.services import clip_import

    made = write_clip_folder(tmp_path / "long", ticks=9, labels=False)
    write_labels(made, [moving_car("a")])
    clip_import(actor=None, project=cast.project, folder=made, progress=lambda *_: None)
    export = do_export(
        formats=["webdataset", "parquet"],
        spec={"heads": {"cars": {"kind": "objects2d", "classes": ["car"]}}},
    )
    shards = tmp_path / "shards"
    shards.mkdir()
    for file in export.files:
        (shards / file["name"]).write_bytes(file_of(export, file["name"]))
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    printed = with_torch(script, shards, cwd=tmp_path)
    assert json.loads(printed.splitlines()[-1]) == {"batches": 5}
