"""A backbone that four heads share, small enough for a CPU."""

from itertools import pairwise
from typing import Any

import torch
from geometry import CELLS, HEIGHTS_M
from preparing import OBJECT_CLASSES
from torch import Tensor, nn
from torch.nn import functional

WIDTH = 32


def _block(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.GroupNorm(8, after), nn.ReLU()
    )


class Backbone(nn.Module):
    """Features of a picture, a quarter as fine, with what is around in view."""

    def __init__(self) -> None:
        super().__init__()
        widths = (24, WIDTH, 48, 64)
        self.stem = _block(3, widths[0], 2)
        self.down = nn.ModuleList(
            nn.Sequential(_block(before, after, 2), _block(after, after))
            for before, after in pairwise(widths)
        )
        self.across = nn.ModuleList(nn.Conv2d(width, WIDTH, 1) for width in widths[1:])
        self.out = _block(WIDTH, WIDTH)

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, h, w) from 0 to 1 -> (n, WIDTH, h / 4, w / 4)."""
        found = self.stem(images - 0.45)
        levels = []
        for down, across in zip(self.down, self.across, strict=True):
            found = down(found)
            levels.append(across(found))
        merged = levels[-1]
        for level in reversed(levels[:-1]):
            merged = level + functional.interpolate(merged, level.shape[-2:], mode="bilinear")
        return self.out(merged)


def _picture_head(channels: int, bias: float = 0.0) -> nn.Sequential:
    last = nn.Conv2d(WIDTH, channels, 1)
    nn.init.constant_(last.bias, bias)
    return nn.Sequential(_block(WIDTH, WIDTH), last)


class TopHead(nn.Module):
    """What lies around the car, seen from above, out of all cameras' features."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _block(WIDTH * len(HEIGHTS_M) + 1, 48), _block(48, 48), _block(48, 48),
            nn.Conv2d(48, 2, 1),
        )  # fmt: skip

    def forward(self, features: Tensor, places: Tensor, seen: Tensor) -> Tensor:
        """(b, c, WIDTH, h, w), where each cell is in them, whether it is -> (b, 2, x, y)."""
        b, c = features.shape[:2]
        looked = functional.grid_sample(
            features.flatten(0, 1), places.flatten(0, 1), align_corners=False
        ).unflatten(0, (b, c))  # (b, c, WIDTH, heights, x * y)
        weight = seen[:, :, None].float()
        count = weight.sum(1)
        mean = (looked * weight).sum(1) / count.clamp(min=1)
        cells = mean.flatten(1, 2).unflatten(-1, CELLS)
        known = (count[:, :, 0] > 0).float().unflatten(-1, CELLS)
        return self.layers(torch.cat([cells, known], dim=1))


class Network(nn.Module):
    """The backbone with its heads: ``objects``, ``lanes``, ``depth`` and ``top``."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.heads = nn.ModuleDict(
            {
                # A centre is rare: begun at one in a hundred, learning is calm.
                "peaks": _picture_head(len(OBJECT_CLASSES), -4.6),
                "sizes": _picture_head(4),
                "lanes": _picture_head(1, -2.0),
                "depth": _picture_head(1, 2.5),
                "top": TopHead(),
            }
        )

    def forward(self, batch: dict[str, Any]) -> dict[str, Tensor]:
        """A batch of ``Prepared`` -> logits, sizes, and logarithms of metres."""
        b, c = batch["images"].shape[:2]
        features = self.backbone(batch["images"].flatten(0, 1).float() / 255)
        found = {
            name: self.heads[name](features).unflatten(0, (b, c))
            for name in ("peaks", "sizes", "lanes", "depth")
        }
        top = self.heads["top"](features.unflatten(0, (b, c)), batch["places"], batch["seen"])
        return {**found, "top": top}


#: What each head of the spec trains.
PARTS = {
    "objects": ("peaks", "sizes"), "lanes": ("lanes",), "depth": ("depth",), "top": ("top",),
}  # fmt: skip


def losses(found: dict[str, Tensor], batch: dict[str, Any]) -> dict[str, Tensor]:
    """Return each head's loss; what a sample lacks counts nothing."""
    objects, lanes, top = batch["objects"], batch["lanes"], batch["top"]
    metres = batch["depth"]["metres"]
    apart = (found["depth"][:, :, 0] - metres.clamp(min=0.1).log()).abs()
    drawn = functional.binary_cross_entropy_with_logits(
        found["lanes"][:, :, 0], lanes["drawn"], pos_weight=torch.tensor(4.0), reduction="none"
    )
    cells = functional.binary_cross_entropy_with_logits(
        found["top"], top["cells"], pos_weight=torch.tensor([1.0, 3.0])[:, None, None],
        reduction="none",
    )  # fmt: skip
    return {
        "objects": _peak_loss(found["peaks"], objects) + _size_loss(found["sizes"], objects),
        "lanes": _mean(drawn, lanes["has"][..., None, None]),
        "depth": _mean(apart, metres > 0),
        "top": _mean(cells, top["has"][:, None, None, None]),
    }


def _peak_loss(logits: Tensor, target: dict[str, Tensor]) -> Tensor:
    """Focal loss with soft negatives around the peaks (Zhou et al. 2019, «Objects as Points»)."""
    share = logits.sigmoid().clamp(1e-4, 1 - 1e-4)
    peaks = target["peaks"]
    is_peak = peaks > 0.999
    positive = -((1 - share) ** 2) * share.log() * is_peak
    negative = -(share**2) * (1 - share).log() * (1 - peaks) ** 4 * ~is_peak
    return ((positive + negative) * target["counted"]).sum() / is_peak.sum().clamp(min=1)


def _size_loss(sizes: Tensor, target: dict[str, Tensor]) -> Tensor:
    apart = functional.smooth_l1_loss(sizes, target["sizes"], reduction="none")
    return _mean(apart, target["centres"][:, :, None])


def _mean(values: Tensor, mask: Tensor) -> Tensor:
    weight = mask.expand_as(values).float()
    return (values * weight).sum() / weight.sum().clamp(min=1)
