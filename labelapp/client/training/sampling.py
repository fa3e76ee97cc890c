"""In which order windows come: the same for a seed and epoch, whoever reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of the windows is one's own, where several machines or cards train together.

    Attributes:
        rank: which one this is, from 0.
        world: how many there are.
    """

    rank: int = 0
    world: int = 1

    def __post_init__(self) -> None:
        if self.world < 1 or not 0 <= self.rank < self.world:
            msg = f"rank: expected 0 to {self.world - 1}, found {self.rank}."
            raise ValueError(msg)


class BatchSampler:
    """Batches of numbers of windows; torch's ``DataLoader`` takes it as a ``batch_sampler``.

    All ranks get the same number of batches, or one would wait for the others for ever: up to
    ``world - 1`` windows, and batches that aren't full where those are dropped, are left out; in
    another epoch they are others. How many processes read makes no difference.

    Args:
        count: how many windows there are.
        batch_size: of one rank.
        shuffle: whether the order is another one in each epoch.
        seed: of the order.
        share: whose.
        drop_last: leave a last batch out that isn't full.
    """

    def __init__(
        self,
        count: int,
        batch_size: int,
        *,
        shuffle: bool = True,
        seed: int = 0,
        share: Share | None = None,
        drop_last: bool = False,
    ) -> None:
        if batch_size < 1:
            msg = f"batch_size: expected at least 1, found {batch_size}."
            raise ValueError(msg)
        self._count, self._batch_size = count, batch_size
        self._shuffle, self._seed = shuffle, seed
        self._share, self._drop_last = share or Share(), drop_last
        self.epoch = 0
        #: Batches of this epoch that are left out at the next iteration: they were had before.
        self.start = 0

    def __len__(self) -> int:
        own = self._count // self._share.world
        whole, rest = divmod(own, self._batch_size)
        return whole + (rest > 0 and not self._drop_last)

    def __iter__(self) -> Iterator[list[int]]:
        order = self.order(self.epoch)
        for batch in range(self.start, len(self)):
            yield order[batch * self._batch_size : (batch + 1) * self._batch_size]

    def order(self, epoch: int) -> list[int]:
        """Return the rank's windows of an epoch, in order."""
        if self._shuffle:
            every = np.random.default_rng([self._seed, epoch]).permutation(self._count)
        else:
            every = np.arange(self._count)
        own = self._count // self._share.world
        chosen: list[int] = every[self._share.rank :: self._share.world][:own].tolist()
        return chosen

    def describe(self) -> dict[str, Any]:
        """Return what decides about the order: a position means nothing in another one."""
        return {
            "count": self._count,
            "batch_size": self._batch_size,
            "shuffle": self._shuffle,
            "seed": self._seed,
            "world": self._share.world,
            "drop_last": self._drop_last,
        }
