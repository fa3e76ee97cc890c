"""Where apps above say who may save to a label set, beyond what a role may do."""

from collections.abc import Callable
from typing import Final

from labelapp.accounts.models import User
from labelapp.labels.models import LabelSet

#: Raises unless somebody may save to a label set now, with the proof that they sent (or "").
#: Called in the transaction that saves, after the label set's row was locked.
Guard = Callable[[User, LabelSet, str], None]

_GUARDS: Final[list[Guard]] = []


def register(guard: Guard) -> None:
    """Ask this guard too before anything is saved; asking for the same one twice asks once."""
    if guard not in _GUARDS:
        _GUARDS.append(guard)


def require_allowed(actor: User, label_set: LabelSet, proof: str) -> None:
    """Raise unless all guards allow that somebody saves to a label set now."""
    for guard in _GUARDS:
        guard(actor, label_set, proof)
