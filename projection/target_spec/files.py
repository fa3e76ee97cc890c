"""Target specs in files: JSON or YAML."""

from pathlib import Path

from projection.io.errors import FormatError, defect_of
from projection.io.json_file import read_json
from projection.io.yaml_file import read_yaml
from projection.spec import SpecError
from projection.target_spec.spec import TargetSpecs

#: JSON Schema (2020-12) of what a file may say, for editors and other programs.
SCHEMA_FILE = Path(__file__).with_name("target_spec.schema.json")


def read_target_specs(path: Path) -> TargetSpecs:
    """The target specs of a file: YAML where its name ends in .yaml or .yml, else JSON.

    Raises:
        FormatError: With the file's name, the field, what was expected and what was found.
    """
    is_yaml = path.suffix.lower() in (".yaml", ".yml")
    document = read_yaml(path, path.name) if is_yaml else read_json(path, path.name)
    try:
        return TargetSpecs.from_dict(document, "")
    except SpecError as error:
        raise FormatError([defect_of(error, path.name)]) from error
