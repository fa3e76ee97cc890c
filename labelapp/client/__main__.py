"""``labelapp-client``: send recordings and labels, freeze data sets, fetch exports."""

import argparse
import getpass
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from labelapp.client.api import Client, settings_write
from labelapp.client.datasets import Version
from labelapp.client.errors import LabelappError, SettingError
from labelapp.client.labels import read_labels

_IMPORT_OPTIONS = (
    *("format", "recording", "layer", "source", "name", "keep_classes", "camera", "rate_hz"),
)
_FROZEN_FIELDS = ("query", "split", "spec", "note")
#: A terminal is told of progress so often.
_TOLD_EVERY_S = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 done, 1 not done (a sentence says why)."""
    asked = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = asked.command
    try:
        return command(asked)
    except KeyError as error:
        return _fail(f"{error.args[0]}.")
    except (LabelappError, OSError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("Stopped; the same command goes on where this ended.")


def _login(asked: argparse.Namespace) -> int:
    token = asked.token or getpass.getpass("API token: ")
    with Client(asked.url, token) as client:
        name = client.who()
    path = settings_write(asked.url, token)
    _say(f"Logged in as {name}; address and token are kept in {path}.")
    return 0


def _projects(_: argparse.Namespace) -> int:
    with Client() as client:
        for project in client.projects():
            _say(f"{project.slug}\t{project.name}")
    return 0


def _clips(asked: argparse.Namespace) -> int:
    with Client() as client:
        for clip in client.project(asked.project).clips(asked.pattern):
            about = clip.about
            images, seconds = about["image_count"], about["duration_s"]
            _say(f"{clip.id}\t{clip.name}\t{seconds:.1f} s\t{images} images")
    return 0


def _push_clip(asked: argparse.Namespace) -> int:
    if asked.name and len(asked.folder) > 1:
        msg = f"--name: expected one folder with it, found {len(asked.folder)}."
        raise SettingError(msg)
    with Client() as client:
        project = client.project(asked.project)
        for folder in asked.folder:
            progress = _Told(quiet=asked.quiet)
            clip = project.push_clip(folder, name=asked.name, progress=progress)
            progress.end()
            for warning in clip.warnings:
                sys.stderr.write(f"{warning}\n")
            is_known = "" if clip.is_new else "\tthe project had it already"
            _say(f"{clip.id}\t{clip.name}{is_known}")
    return 0


def _push_labels(asked: argparse.Namespace) -> int:
    with Client() as client:
        clip = client.project(asked.project).clip(asked.clip)
        for path in asked.file:
            layer, source, labels = read_labels(path)
            saved = clip.push_labels(
                layer,
                labels,
                source=asked.source or source,
                name=asked.name,
                replace=not asked.keep,
            )
            parts = "/".join(filter(None, (saved.layer, saved.source, saved.name)))
            _say(f"{saved.id}\t{parts}\t{saved.label_count} labels")
    return 0


def _import_labels(asked: argparse.Namespace) -> int:
    classes: dict[str, str | None] = {}
    for said in asked.classes:
        theirs, equals, ours = said.rpartition("=")
        if not equals or not theirs:
            msg = f"--class: expected THEIRS=OURS, found '{said}'."
            raise SettingError(msg)
        classes[theirs] = ours or None
    with Client() as client:
        project = client.project(asked.project)
        progress = _Told(quiet=asked.quiet)
        found = project.import_labels(
            asked.path,
            clip=None if asked.clip is None else project.clip(asked.clip),
            dry_run=asked.dry_run,
            progress=progress,
            classes=classes,
            **{name: getattr(asked, name) for name in _IMPORT_OPTIONS},
        )
        progress.end()
    for line in _import_told(found.report):
        _say(line)
    for label_set in found.label_sets:
        parts = "/".join(filter(None, (label_set.layer, label_set.source, label_set.name)))
        _say(f"{label_set.id}\t{parts}\t{label_set.label_count} labels")
    return 0


def _import_told(report: Mapping[str, Any]) -> list[str]:
    """Return what was found in files of labels, in lines."""
    lines = []
    for part in report["recordings"]:
        about = f"{part['label_count']} labels of layer {part['layer']}"
        lines.append(f"{part['name']} ({report['format']})\tclip {part['clip']}\t{about}")
        lines += [f"  {often} x {sentence}" for sentence, often in part["report"].items()]
    lines += [f"{name}\tof no clip of this project: left out" for name in report["others"]]
    for found in report["classes"]:
        becomes = found["becomes"] or "left out"
        if not found["is_settled"]:
            hint = f", perhaps {found['suggestion']}" if found["suggestion"] else ""
            becomes = f"? (say --class{hint})"
        lines.append(f"  {found['count']} x {found['name']} -> {becomes}")
    return lines


def _compare(asked: argparse.Namespace) -> int:
    with Client() as client:
        clip = client.project(asked.project).clip(asked.clip)
        candidate = clip.label_set(asked.layer, asked.source, asked.name)
        reference = clip.label_set(asked.layer, asked.reference)
        found = candidate.compare(reference, region_m=asked.region)
    _say(f"score\t{found['score']:.3f}")
    for line in _objects_told(found["objects"]):
        _say(line)
    return 0


def _objects_told(objects: dict[str, Any] | None) -> list[str]:
    """Return what a comparison says of boxes, in lines."""
    if objects is None:
        return []
    tracking = objects["tracking"]
    right, missed = tracking["true_positives"], tracking["false_negatives"]
    invented = tracking["false_positives"]
    lines = [f"boxes matched\t{right}", f"missed\t{missed}", f"invented\t{invented}"]
    for name, unit in (("iou", ""), ("centre_m", " m")):
        mean = objects[name]["mean"]
        lines += [] if mean is None else [f"mean {name.removesuffix('_m')}\t{mean:.2f}{unit}"]
    return lines


def _freeze(asked: argparse.Namespace) -> int:
    document = _read(asked.file)
    with Client() as client:
        dataset = client.project(asked.project).dataset(asked.dataset)
        version = dataset.freeze(
            document.get("query") or {},
            split=document.get("split"),
            spec=document.get("spec"),
            note=document.get("note") or "",
        )
    _tell_version(asked.dataset, version)
    return 0


def _versions(asked: argparse.Namespace) -> int:
    with Client() as client:
        for dataset in client.project(asked.project).datasets():
            if asked.dataset in {None, dataset.name}:
                for version in dataset.versions():
                    _tell_version(dataset.name, version)
    return 0


def _export(asked: argparse.Namespace) -> int:
    with Client() as client:
        dataset = client.project(asked.project).dataset(asked.dataset)
        version = dataset.version(asked.version)
        export = version.export(asked.format, include_images=asked.images, include_card=asked.card)
        _say(f"export {export.id} of {asked.dataset} version {version.number}")
        progress = _Told(quiet=asked.quiet)
        export = export.wait(progress=progress)
        progress.end()
        if asked.out is not None:
            _fetch(export, asked)
    return 0


def _download(asked: argparse.Namespace) -> int:
    with Client() as client:
        export = client.export(asked.export).wait()
        _fetch(export, asked)
    return 0


def _fetch(export: Any, asked: argparse.Namespace) -> None:
    progress = _Told(quiet=asked.quiet)
    paths = export.download(asked.out, unpack=not asked.packed, progress=progress)
    progress.end()
    for path in dict.fromkeys(paths):
        _say(str(path))


def _tell_version(name: str, version: Version) -> None:
    sums = version.about["sums"]
    splits = "".join(f"; {split} {part['clips']}" for split, part in sums["splits"].items())
    deprecated = "\tdeprecated" if version.about["deprecation"] else ""
    _say(
        f"{name}\tversion {version.number}\t{version.content_hash[:12]}\t{sums['clips']} clips, "
        f"{sums['images']} images, {sums['labels']} labels{splits}{deprecated}"
    )


def _read(path: Path) -> dict[str, Any]:
    """Return a YAML or JSON file with what is to be frozen."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        msg = f"{path}: expected a YAML or JSON file, found none ({error})."
        raise SettingError(msg) from error
    if not isinstance(document, dict):
        msg = f"{path}: expected the fields {', '.join(_FROZEN_FIELDS)}, found {document!r:.60}."
        raise SettingError(msg)
    unknown = [name for name in document if name not in _FROZEN_FIELDS]
    if unknown:
        msg = f"{path}: expected the fields {', '.join(_FROZEN_FIELDS)}, found '{unknown[0]}'."
        raise SettingError(msg)
    return document


class _Told:
    """Tells a terminal how far something is, on one line."""

    def __init__(self, *, quiet: bool) -> None:
        self._is_silent = quiet or not sys.stderr.isatty()
        self._told_s = 0.0
        self._longest = 0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if self._is_silent or now - self._told_s < _TOLD_EVERY_S:
            return
        self._told_s = now
        share = f"{done / total:.0%}" if total else f"{done:,}"
        line = f"{stage}: {share}"
        self._longest = max(self._longest, len(line))
        sys.stderr.write(f"\r{line.ljust(self._longest)}")
        sys.stderr.flush()

    def end(self) -> None:
        """Make room for what comes next."""
        if self._longest:
            sys.stderr.write("\r" + " " * self._longest + "\r")


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="labelapp-client", description=__doc__)
    parser.add_argument("--quiet", action="store_true", help="don't tell how far things are")
    actions = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_sending(actions)
    _add_fetching(actions)
    return parser


def _action(
    actions: Any,
    name: str,
    command: Callable[[argparse.Namespace], int],
    about: str,
    *,
    project: bool = True,
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = actions.add_parser(name, help=about, description=about)
    made.set_defaults(command=command)
    if project:
        made.add_argument("--project", required=True, metavar="SLUG")
    return made


def _add_sending(actions: Any) -> None:
    """Add logging in, looking, and what goes to the server."""
    login = _action(actions, "login", _login, "keep address and API token", project=False)
    login.add_argument("url")
    login.add_argument("--token", help="left out: it is asked for")
    about = "list the projects that one is a member of"
    _action(actions, "projects", _projects, about, project=False)
    clips = _action(actions, "clips", _clips, "list clips")
    clips.add_argument("pattern", nargs="?", default="*", help="of names, such as 'night-*'")
    about = "send clip folders, and wait until they are imported"
    push = _action(actions, "push-clip", _push_clip, about)
    push.add_argument("folder", nargs="+", type=Path)
    push.add_argument("--name", default="", help="what to call the clip")
    labels = _action(actions, "push-labels", _push_labels, "save label sets to a clip")
    labels.add_argument("clip", help="its name or id")
    labels.add_argument("file", nargs="+", type=Path, help="labelapp-labels/1")
    labels.add_argument("--source", help="left out: as the file says")
    labels.add_argument("--name", default="", help="tells several models' apart")
    labels.add_argument("--keep", action="store_true", help="leave labels that aren't in the file")
    _add_import(actions)
    about = "say how a clip's label set differs from another"
    compare = _action(actions, "compare", _compare, about)
    compare.add_argument("clip", help="its name or id")
    compare.add_argument("--layer", required=True)
    compare.add_argument("--source", default="model", help="what is measured")
    compare.add_argument("--name", default="", help="of what is measured")
    compare.add_argument("--reference", default="gold", help="what is taken for right")
    about = "where boxes are compared: metres ahead of the ego, and to its left"
    names = ("X0", "X1", "Y0", "Y1")
    compare.add_argument("--region", type=float, nargs=4, metavar=names, help=about)


def _add_import(actions: Any) -> None:
    """Add importing labels of other formats."""
    about = "import labels of other formats for clips that are in a project"
    made = _action(actions, "import-labels", _import_labels, about)
    made.add_argument("path", type=Path, help="a folder, a zip file, or a file")
    made.add_argument("--clip", help="its name or id; left out: as the files say")
    made.add_argument("--format", default="", help="left out: found out")
    made.add_argument("--recording", default="", help="one of the files'; left out: all")
    made.add_argument("--layer", default="", help="left out: as the files say, else objects")
    made.add_argument("--source", default="import", help="import, model, gold or simulation")
    made.add_argument("--name", default="", help="of the label sets")
    made.add_argument(
        "--class", action="append", default=[], dest="classes", metavar="THEIRS=OURS",
        help="what a class of the files becomes; THEIRS= leaves it out",
    )  # fmt: skip
    made.add_argument("--keep-classes", action="store_true", help="unknown ones keep their names")
    made.add_argument("--camera", default="", help="which one took KITTI's images")
    made.add_argument("--rate-hz", type=float, help="of KITTI's frames without times")
    made.add_argument("--dry-run", action="store_true", help="only say what would be imported")


def _add_fetching(actions: Any) -> None:
    """Add what makes data sets, and what comes from the server."""
    about = "freeze what a query finds as a data set version"
    freeze = _action(actions, "freeze", _freeze, about)
    freeze.add_argument("dataset", help="it is made where there is none")
    about = "YAML or JSON with query, and where wanted split, spec and note"
    freeze.add_argument("--from", dest="file", type=Path, required=True, metavar="FILE", help=about)
    versions = _action(actions, "versions", _versions, "list data sets and their versions")
    versions.add_argument("dataset", nargs="?")
    about = "export a version, wait, and copy the files"
    export = _action(actions, "export", _export, about)
    export.add_argument("dataset")
    export.add_argument("--version", type=int, metavar="NUMBER", help="left out: the newest")
    export.add_argument("--format", action="append", required=True, help="may be said again")
    export.add_argument("--images", action="store_true", help="with the pictures")
    export.add_argument(
        "--no-card", dest="card", action="store_false", help="without the version's card"
    )
    export.add_argument("--out", type=Path, metavar="DIR", help="left out: nothing is copied")
    export.add_argument("--packed", action="store_true", help="leave zip files as they are")
    fetch = _action(actions, "download", _download, "copy the files of an export", project=False)
    fetch.add_argument("export", help="its id")
    fetch.add_argument("--out", type=Path, required=True, metavar="DIR")
    fetch.add_argument("--packed", action="store_true", help="leave zip files as they are")


if __name__ == "__main__":
    raise SystemExit(main())
