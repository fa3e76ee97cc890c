"""The numbers of classes: the same in all files of an export, whatever its splits."""

from labelapp.datasets.formats.targets_reader import TargetsReader


def categories_of_targets(targets: TargetsReader) -> list[str]:
    """Return the classes of a head's targets: the spec's order, else the ontology's, then others.

    Classes that only another split has are among them: a number means the same in every split.
    """
    if targets.spec.classes is not None:
        return [rule.name for rule in targets.spec.classes]
    known = targets.source.categories()
    return [*known, *sorted(targets.classes() - set(known))]
