"""Exports in training loops: clips of T steps of C cameras, with every head's targets.

    from labelapp.client.training import ClipDataset, ShardStore, Window
    from labelapp.client.training.loading import ClipLoader      # needs torch

    dataset = ClipDataset(ShardStore("shards/train"), Window(steps=2), size=(240, 320))
    for batch in ClipLoader(dataset, batch_size=4, workers=2, seed=1):
        ...

Arrays are NumPy's; only ``labelapp.client.training.loading`` needs torch. See ``docs/client.md``.
"""

from labelapp.client.training.collating import collate
from labelapp.client.training.dataset import ClipDataset
from labelapp.client.training.decoding import decode_mask
from labelapp.client.training.sampling import BatchSampler, Share
from labelapp.client.training.shards import ShardStore
from labelapp.client.training.store import ExportError, Store
from labelapp.client.training.tables import TableStore
from labelapp.client.training.windows import Window

__all__ = [
    "BatchSampler",
    "ClipDataset",
    "ExportError",
    "ShardStore",
    "Share",
    "Store",
    "TableStore",
    "Window",
    "collate",
    "decode_mask",
]
