"""Batches for torch: read by several processes, in one order, from any position on."""

from collections.abc import Iterator
from typing import Any, Protocol

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader

from labelapp.client.training.collating import collate
from labelapp.client.training.sampling import BatchSampler, Share

_STATE = "labelapp-loader/1"


class Samples(Protocol):
    """A ``ClipDataset``, or something that makes more of one's samples."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> dict[str, Any]: ...


class ClipLoader:
    """Iterates over batches of one epoch; the next iteration is the next epoch.

    Arrays are tensors, ``images`` (B, T, C, 3, H, W) uint8. Where it is, is ``state_dict()``: given
    to ``load_state_dict()`` of a loader made alike, also with another number of workers, the next
    batch is the one that would have come.

    Args:
        dataset: what to read.
        batch_size: windows of a batch.
        workers: processes that read; 0: this one.
        shuffle: whether the order is another one in each epoch.
        seed: of the order.
        share: whose part of the windows, where several cards train together.
        drop_last: leave a last batch out that isn't full.
        pin_memory: for copies to a card that don't wait.
    """

    def __init__(  # noqa: PLR0913  all of them are choices of one's own
        self,
        dataset: Samples,
        batch_size: int = 1,
        *,
        workers: int = 0,
        shuffle: bool = True,
        seed: int = 0,
        share: Share | None = None,
        drop_last: bool = False,
        pin_memory: bool = False,
    ) -> None:
        self.sampler = BatchSampler(
            len(dataset), batch_size, shuffle=shuffle, seed=seed, share=share, drop_last=drop_last
        )
        self._loader: DataLoader[Any] = DataLoader(
            dataset,
            batch_sampler=self.sampler,
            num_workers=workers,
            collate_fn=as_tensors,
            persistent_workers=workers > 0,
            pin_memory=pin_memory,
            worker_init_fn=_one_thread,
        )
        self._batches = 0

    def __len__(self) -> int:
        return len(self.sampler)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._batches = self.sampler.start
        for batch in self._loader:
            # Counted when it is handed out: what workers have read ahead isn't.
            self._batches += 1
            yield batch
        self.sampler.start = self._batches = 0
        self.sampler.epoch += 1

    def set_epoch(self, epoch: int) -> None:
        """Begin an epoch from its start at the next iteration."""
        self.sampler.epoch, self.sampler.start, self._batches = epoch, 0, 0

    def state_dict(self) -> dict[str, Any]:
        """Return where this is: plain numbers and texts."""
        return {
            "format": _STATE,
            "epoch": self.sampler.epoch,
            "batches": self._batches,
            "order": self.sampler.describe(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go to where another loader was, for the next iteration.

        Raises:
            ValueError: it was made for another order.
        """
        expected = {"format": _STATE, "order": self.sampler.describe()}
        for name, value in expected.items():
            if state.get(name) != value:
                msg = f"{name}: expected a state of {value}, found one of {state.get(name)}."
                raise ValueError(msg)
        self.sampler.epoch = state["epoch"]
        self.sampler.start = self._batches = state["batches"]
        if self.sampler.start >= len(self.sampler):
            self.set_epoch(self.sampler.epoch + 1)


def as_tensors(samples: list[dict[str, Any]]) -> dict[str, Any]:
    """Return samples as one batch of tensors; pictures have their channels before their rows."""
    batch = collate(samples)
    tensors: dict[str, Any] = _tensors(batch)
    tensors["images"] = tensors["images"].movedim(-1, -3)
    return tensors


def _tensors(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tensors(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value)
    return value


def _one_thread(worker: int) -> None:
    """Leave the cores to the other workers."""
    del worker
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
