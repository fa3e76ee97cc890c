"""Target specs as people write them: YAML, checked, with what is wrong at its line."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from labelapp.datasets.formats import FORMATS
from labelapp.datasets.source import DEFAULT_SPEC
from projection.io.errors import FormatError
from projection.io.yaml_file import lines_of, parse_yaml
from projection.spec import SpecError
from projection.target_spec import TargetSpecs

_LINE = re.compile(r"line (\d+)")
_INDEX = re.compile(r"\[\d+\]$")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong.

    Attributes:
        line: where, from 1.
        field: dotted path; empty for the text itself.
        message: what was expected and what was found.
    """

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckedText:
    """What a text says.

    Attributes:
        specs: None where something is wrong, and where nothing is written.
        document: what was parsed, as JSON; None where it is no YAML.
        problems: by line.
    """

    specs: TargetSpecs | None = None
    document: dict[str, object] | None = None
    problems: list[Problem] = field(default_factory=list)


def spec_text_check(text: str) -> CheckedText:
    """Return what a target spec's YAML says, or all heads' first problems with their lines."""
    if not text.strip():
        return CheckedText()
    try:
        document = parse_yaml(text, "spec")
        lines = lines_of(text)
    except FormatError as error:
        return CheckedText(problems=[_of_defect(defect) for defect in error.defects])
    found: dict[str, Problem] = {}
    for part in _parts(document):
        try:
            specs = TargetSpecs.from_dict(part, "")
        except SpecError as error:
            message = f"{error}."
            found.setdefault(error.field, Problem(_line(lines, error.field), error.field, message))
    if found:
        problems = sorted(found.values(), key=lambda one: (one.line, one.field))
        return CheckedText(document=document, problems=problems)
    specs = TargetSpecs.from_dict(document, "")
    return CheckedText(specs, document)


def class_notes(text: str, checked: CheckedText, known: Collection[str]) -> list[Problem]:
    """Return which classes a right spec asks for that are unknown: it may be what is wanted.

    Args:
        text: the spec.
        checked: what it says.
        known: the ontology's classes.
    """
    if checked.specs is None or checked.document is None or not known:
        return []
    lines = lines_of(text)
    heads = checked.document.get("heads")
    found: dict[tuple[int, str], Problem] = {}
    for head, spec in checked.specs.heads:
        own = heads.get(head) if isinstance(heads, dict) else None
        before = f"heads.{head}." if isinstance(own, dict) and "classes" in own else ""
        for number, rule in enumerate(spec.classes or ()):
            field_name = f"{before}classes[{number}]"
            for name in rule.of:
                if name not in known:
                    line = _line(lines, field_name)
                    message = (
                        f"{field_name}: '{name}' is no class of the project's ontology: only labels"
                        " that came from elsewhere can have it."
                    )
                    found.setdefault((line, name), Problem(line, field_name, message))
    return sorted(found.values(), key=lambda one: one.line)


def formats_of(specs: TargetSpecs | None) -> list[str]:
    """Return the formats that can hold anything of what is asked for; None: all of labels."""
    heads = [DEFAULT_SPEC] if specs is None else [spec for _, spec in specs.heads]
    return [name for name, one in FORMATS.items() if any(one.holds(head) for head in heads)]


def _parts(document: dict[str, object]) -> list[dict[str, object]]:
    """Return the whole, and each head with what all share: one head's error hides no other's."""
    heads = document.get("heads")
    if not isinstance(heads, dict):
        return [document]
    return [document, *({**document, "heads": {name: spec}} for name, spec in heads.items())]


def _line(lines: dict[str, int], path: str) -> int:
    """Return the line of a field, or of the innermost that is there around it."""
    while path:
        if path in lines:
            return lines[path]
        shorter = _INDEX.sub("", path)
        path = shorter if shorter != path else path.rpartition(".")[0]
    return 1


def _of_defect(defect: object) -> Problem:
    sentence = str(defect)
    found = _LINE.search(sentence)
    return Problem(int(found.group(1)) if found else 1, "", f"{sentence}.")
