"""Where apps above show less of something to somebody than the app that owns it would."""

from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from labelapp.accounts.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

Row = TypeVar("Row", bound=Model)
#: ``narrow(rows, user)``: those of the rows that somebody may know of.
Narrow: TypeAlias = "Callable[[QuerySet[Row], User | AnonymousUser], QuerySet[Row]]"


class Narrowing(Generic[Row]):
    """Filters that all rows go through before somebody sees them."""

    def __init__(self) -> None:
        self._filters: list[Narrow[Row]] = []

    def register(self, narrow: "Narrow[Row]") -> None:
        """Have a function take rows away; registering the same one twice asks it once."""
        if narrow not in self._filters:
            self._filters.append(narrow)

    def __call__(self, rows: QuerySet[Row], user: User | AnonymousUser) -> QuerySet[Row]:
        """Return the rows that are left for somebody."""
        for narrow in self._filters:
            rows = narrow(rows, user)
        return rows
