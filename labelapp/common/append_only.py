"""Tables whose rows are written once: PostgreSQL itself refuses to change or remove them.

A migration installs the trigger with ``append_only_operation``. Removing a whole project or clip,
with all that hangs on it, is the one exception; it happens inside ``purging()``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations import RunSQL

_CREATE = """
CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('labelapp.purging', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '{table} is append-only: % is refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{table}_is_append_only';
END $$;
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_refuse_change();
"""
_DROP = """
DROP TRIGGER {table}_is_append_only ON {table};
DROP FUNCTION {table}_refuse_change();
"""


def append_only_operation(table: str) -> RunSQL:
    """Return the migration operation that makes a table append-only.

    Creating the trigger takes a SHARE ROW EXCLUSIVE lock for a moment; no row is read.
    """
    return RunSQL(_CREATE.format(table=table), _DROP.format(table=table))


@contextmanager
def purging() -> Iterator[None]:
    """Allow the removal of append-only rows within one transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('labelapp.purging', 'on', true)")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('labelapp.purging', 'off', true)")
