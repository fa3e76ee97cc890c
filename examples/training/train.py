"""Train four heads on one backbone, and score them on held-out clips: ``python train.py SHARDS``.

SHARDS is the folder of an export of ``dataset.yaml`` as WebDataset shards. With ``--start MODEL
--freeze-backbone --heads lanes`` only those heads learn on, on features that stay.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import torch
from network import PARTS, Network, losses
from preparing import Prepared
from scores import Blind, Scores, boxes_of

from labelapp.client.training.loading import ClipLoader


def main(arguments: list[str] | None = None) -> int:
    """Train, and write ``model.pt`` and ``report.json``; fails where a score is below chance."""
    asked = _parser().parse_args(arguments)
    torch.manual_seed(asked.seed)
    torch.set_num_threads(asked.threads)
    training = Prepared(f"{asked.shards}/train", gain=0.3)
    network = Network()
    if asked.start is not None:
        network.load_state_dict(torch.load(asked.start, weights_only=True))
    learning = chosen(network, asked.heads, is_frozen=asked.freeze_backbone)
    batches = ClipLoader(training, asked.batch, workers=asked.workers, seed=asked.seed)
    curve = train(network, learning, batches, asked)
    known = ClipLoader(Prepared(f"{asked.shards}/train"), asked.batch, shuffle=False)
    held_out = ClipLoader(Prepared(f"{asked.shards}/val"), asked.batch, shuffle=False)
    report = {"heads": asked.heads, "losses": curve, **evaluate(network, known, held_out)}
    asked.out.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), asked.out / "model.pt")
    (asked.out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    for name, value in report["held_out"].items():
        sys.stdout.write(f"{name:14} {value:.3f}   never looking: {report['blind'][name]:.3f}\n")
    return 0


def chosen(network: Network, heads: list[str], *, is_frozen: bool) -> list[torch.nn.Parameter]:
    """Return what learns; nothing else has gradients."""
    parts = [network.heads[part] for head in heads for part in PARTS[head]]
    network.requires_grad_(False)  # noqa: FBT003  torch's
    for part in parts if is_frozen else (*parts, network.backbone):
        part.requires_grad_(True)  # noqa: FBT003
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def train(
    network: Network,
    learning: list[torch.nn.Parameter],
    batches: ClipLoader,
    asked: argparse.Namespace,
) -> list[dict[str, float]]:
    """Train, and return each epoch's mean losses."""
    optimiser = torch.optim.AdamW(learning, lr=asked.rate, weight_decay=1e-4)
    steps = asked.epochs * len(batches)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, asked.rate, total_steps=steps)
    curve = []
    network.train()
    for epoch in range(asked.epochs):
        sums: dict[str, float] = dict.fromkeys(asked.heads, 0.0)
        began = time.monotonic()
        for batch in batches:
            found = losses(network(batch), batch)
            total = sum(found[head] for head in asked.heads)
            optimiser.zero_grad()
            total.backward()
            torch.nn.utils.clip_grad_norm_(learning, 5.0)
            optimiser.step()
            schedule.step()
            for head in asked.heads:
                sums[head] += float(found[head].detach())
        curve.append({head: total / len(batches) for head, total in sums.items()})
        told = "  ".join(f"{head} {value:.3f}" for head, value in curve[-1].items())
        sys.stdout.write(f"epoch {epoch + 1:2}  {told}  ({time.monotonic() - began:.0f} s)\n")
        sys.stdout.flush()
    return curve


@torch.inference_mode()
def predict(network: Network, batch: dict[str, Any]) -> dict[str, Any]:
    """Return shares, boxes and metres for a batch."""
    found = network(batch)
    peaks, sizes = found["peaks"].sigmoid().numpy(), found["sizes"].numpy()
    return {
        "boxes": [
            [boxes_of(p, s) for p, s in zip(*cameras, strict=True)]
            for cameras in zip(peaks, sizes, strict=True)
        ],
        "lanes": found["lanes"][:, :, 0].sigmoid().numpy(),
        "depth": found["depth"][:, :, 0].exp().numpy(),
        "top": found["top"].sigmoid().numpy(),
    }


def evaluate(network: Network, known: ClipLoader, held_out: ClipLoader) -> dict[str, Any]:
    """Return held-out scores of the network and of who never looks; thresholds are training's."""
    network.eval()
    blind = Blind(known)
    ours, theirs = Scores(), Scores()
    for batch in known:
        ours.add(predict(network, batch), batch)
        theirs.add(blind.predict(batch), batch)
    thresholds = ours.thresholds(), theirs.thresholds()
    ours, theirs = (Scores(one) for one in thresholds)
    for batch in held_out:
        ours.add(predict(network, batch), batch)
        theirs.add(blind.predict(batch), batch)
    return {
        "held_out": ours.result(),
        "blind": theirs.result(),
        "thresholds": thresholds[0],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", help="the folder with train-000000.tar and val-000000.tar")
    parser.add_argument("--out", type=Path, default=Path("run"))
    parser.add_argument("--start", type=Path, help="a model.pt to go on from")
    parser.add_argument("--heads", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--freeze-backbone", action="store_true")
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
