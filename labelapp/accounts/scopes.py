"""What an API token may be used for; what its owner may do bounds it as well."""

from enum import StrEnum
from typing import Final

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Scope(StrEnum):
    """One kind of use."""

    READ = "read"
    LABEL = "label"
    IMPORT = "import"
    EXPORT = "export"
    MANAGE = "manage"


MEANINGS: Final[dict[Scope, str]] = {
    Scope.READ: "see what its owner sees",
    Scope.LABEL: "get tasks and save labels",
    Scope.IMPORT: "bring in clips and labels, and prepare clips",
    Scope.EXPORT: "make data sets and exports",
    Scope.MANAGE: "change tasks, workflows, people, training and hooks",
}
#: Whatever a route's name begins with needs this scope to write; all others need ``manage``.
_BY_ROUTE: Final[dict[str, Scope]] = {
    "clip": Scope.IMPORT,
    "cloud": Scope.IMPORT,
    "static-cloud": Scope.IMPORT,
    "export": Scope.EXPORT,
    "dataset": Scope.EXPORT,
    "version": Scope.EXPORT,
    "hold-out": Scope.EXPORT,
    "target": Scope.EXPORT,
    "label-set": Scope.LABEL,
    "label-import": Scope.IMPORT,
    "operations": Scope.LABEL,
    "effort": Scope.LABEL,
    "presence": Scope.LABEL,
    "fit-box": Scope.LABEL,
    "track-box": Scope.LABEL,
    "task-claim": Scope.LABEL,
    "task-finish": Scope.LABEL,
    "lease": Scope.LABEL,
    "comment": Scope.LABEL,
    "notification": Scope.LABEL,
    "course-start": Scope.LABEL,
}
#: Whoever has only a token can't turn it into more: another token, a password, a second factor.
_SESSION_ONLY: Final = ("api-token", "password", "mfa", "invitation-accept")


def scope_needed(route_name: str, method: str) -> Scope | None:
    """Return the scope that a request needs; None: no token will do.

    Args:
        route_name: As in the URL conf.
        method: The HTTP method, in capitals.
    """
    if route_name.startswith(_SESSION_ONLY):
        return None
    if method in SAFE_METHODS:
        return Scope.READ
    found = [prefix for prefix in _BY_ROUTE if route_name.startswith(prefix)]
    return _BY_ROUTE[max(found, key=len)] if found else Scope.MANAGE
