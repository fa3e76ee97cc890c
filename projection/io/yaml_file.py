"""YAML as people write settings in it: plain values, each field once, no aliases, no bombs."""

from pathlib import Path
from typing import Any

from projection.io.errors import FormatError
from projection.io.json_file import read_text

#: Settings beyond this size are a mistake; the pure Python parser would take minutes.
MAX_CHARACTERS = 1 << 20


def read_yaml(path: Path, name: str) -> dict[str, Any]:
    """The object that a YAML file holds.

    Args:
        path: The file.
        name: What errors call it.

    Raises:
        FormatError: It is missing, too large, not UTF-8, not YAML, or not an object.
    """
    return parse_yaml(read_text(path, name), name)


def parse_yaml(text: str, name: str) -> dict[str, Any]:
    """The object that a YAML text holds.

    Args:
        text: The whole text.
        name: What errors call it.

    Raises:
        FormatError: It is too large, not YAML, or not an object.
    """
    # Loading YAML's parser takes longer than reading a file of JSON.
    import yaml  # noqa: PLC0415

    if len(text) > MAX_CHARACTERS:
        raise FormatError.of(name, "", f"at most {MAX_CHARACTERS} characters", f"{len(text)}")
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise FormatError.of(name, _place(event.start_mark), "values, not aliases", "one")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        _each_once(root, name)
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "something else"
        place = _place(mark) if mark is not None else ""
        raise FormatError.of(name, place, "valid YAML", f"an error: {said}"[:120]) from error
    except RecursionError as error:
        raise FormatError.of(name, "", "values nested a few levels deep", "far more") from error
    except (ValueError, OverflowError) as error:
        raise FormatError.of(name, "", "plain values", f"{error}"[:80]) from error
    if not isinstance(document, dict):
        found = "nothing" if document is None else type(document).__name__
        raise FormatError.of(name, "", "an object", found)
    return document


def lines_of(text: str) -> dict[str, int]:
    """The line, from 1, on which each field of a valid YAML text stands.

    Args:
        text: What ``parse_yaml`` takes.

    Returns:
        Lines by path as errors write it: ``heads.cars.classes[0].name``.
    """
    import yaml  # noqa: PLC0415

    lines: dict[str, int] = {}

    def visit(node: Any, path: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = f"{path}.{key.value}" if path else str(key.value)
                lines[inner] = key.start_mark.line + 1
                visit(value, inner)
        elif isinstance(node, yaml.SequenceNode):
            for place, value in enumerate(node.value):
                inner = f"{path}[{place}]"
                lines[inner] = value.start_mark.line + 1
                visit(value, inner)

    visit(yaml.compose(text, Loader=yaml.SafeLoader), "")
    return lines


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"


def _each_once(node: Any, name: str) -> None:
    """Refuse an object that has a field twice: YAML's parser would take the last one.

    Raises:
        FormatError: There is one.
    """
    # A node's value is a list of pairs (object), a list of nodes (list), or a text.
    if not isinstance(getattr(node, "value", None), list):
        return
    seen: set[str] = set()
    for entry in node.value:
        key, value = entry if isinstance(entry, tuple) else (None, entry)
        if key is not None and isinstance(key.value, str):
            if key.value in seen:
                found = f"{key.value!r} twice"
                raise FormatError.of(name, _place(key.start_mark), "each field once", found)
            seen.add(key.value)
        _each_once(value, name)
