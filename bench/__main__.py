"""``python -m bench [NAME...]``: the table of benchmarks, ours beside peers and bounds.

Ratios of one run on one machine count; absolute figures only inform.
"""

import argparse
import importlib
import pkgutil

import bench
from bench.table import BENCHMARKS, ONLY_NAMED, print_table


def _load() -> list[str]:
    """Import all modules of this package, which registers their benchmarks; what failed."""
    failed = []
    for module in pkgutil.walk_packages(bench.__path__, "bench."):
        if module.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            failed.append(f"{module.name}: {error}")
    return failed


def main() -> int:
    """Run all benchmarks, or those named; fails where a bar isn't met."""
    failed = _load()
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="of: " + ", ".join(sorted(BENCHMARKS)))
    asked = parser.parse_args().names
    unknown = [name for name in asked if name not in BENCHMARKS]
    if unknown:
        parser.error(f"{unknown[0]}: expected one of {', '.join(sorted(BENCHMARKS))}")
    lines = print_table(asked or sorted(BENCHMARKS.keys() - ONLY_NAMED))
    for sentence in failed:
        print(f"not loaded: {sentence}")
    missed = [line.name for line in lines if line.met is False]
    skipped = [line.name for line in lines if line.ours == "skipped"]
    compared = [line for line in lines if line.met is not None]
    print(f"\n{len(compared) - len(missed)} of {len(compared)} bars met", end="")
    print(f"; skipped: {', '.join(skipped)}" if skipped else "")
    return 1 if missed or failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
