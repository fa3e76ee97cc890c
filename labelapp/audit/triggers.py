"""What the database writes down by itself: operations for migrations.

``audited(table, kind, ...)`` puts a trigger on a table that writes an ``AuditEntry`` for each row
that is made, changed or removed. Who did it comes from the setting ``labelapp.actor`` of the
connection, see ``acting``; a change by hand in ``psql`` is written down without a name.
"""

from collections.abc import Sequence

from django.db.migrations import RunSQL

_FUNCTION = """
CREATE FUNCTION audit_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Arguments: kind; how to find the project; columns that say nothing; columns that are secret.
    kind text := TG_ARGV[0];
    untold text[] := string_to_array(TG_ARGV[2], ',');
    secret text[] := string_to_array(TG_ARGV[3], ',');
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) - untold END;
    becomes jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) - untold END;
    whole jsonb := coalesce(becomes, was);
    project uuid;
    shown text := coalesce(whole->>'name', whole->>'username', whole->>'slug', whole->>'title');
    field text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, n.value)
        INTO was, becomes
        FROM jsonb_each(was) o JOIN jsonb_each(becomes) n USING (key)
        WHERE o.value IS DISTINCT FROM n.value;
        IF becomes IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    FOREACH field IN ARRAY secret LOOP
        IF was ? field THEN was := jsonb_set(was, ARRAY[field], '"(secret)"'); END IF;
        IF becomes ? field THEN becomes := jsonb_set(becomes, ARRAY[field], '"(secret)"'); END IF;
    END LOOP;
    CASE TG_ARGV[1]
        WHEN 'id' THEN project := (whole->>'id')::uuid;
        WHEN 'project_id' THEN project := (whole->>'project_id')::uuid;
        WHEN 'clip_id' THEN
            SELECT c.project_id, c.name INTO project, shown
            FROM clips_clip c WHERE c.id = (whole->>'clip_id')::uuid;
        WHEN 'skill_id' THEN
            SELECT s.project_id INTO project
            FROM work_skill s WHERE s.id = (whole->>'skill_id')::uuid;
        ELSE project := NULL;
    END CASE;
    IF shown IS NULL AND whole ? 'user_id' THEN
        SELECT u.username INTO shown FROM accounts_user u WHERE u.id = (whole->>'user_id')::uuid;
    END IF;
    INSERT INTO audit_auditentry
        (at, project_id, actor_id, request_id, kind, action, target_id, target_name, before, after)
    VALUES (
        clock_timestamp(), project,
        nullif(current_setting('labelapp.actor', true), '')::uuid,
        coalesce(current_setting('labelapp.request', true), ''),
        kind,
        CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'change' ELSE 'delete' END,
        whole->>'id', left(coalesce(shown, ''), 300), was, becomes
    );
    RETURN NULL;
END $$;

CREATE FUNCTION audit_record_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_auditentry
        (at, project_id, actor_id, request_id, kind, action, target_id, target_name, before, after)
    SELECT NEW.created_at, t.project_id, NEW.actor_id,
           coalesce(current_setting('labelapp.request', true), ''),
           'task', NEW.action, NEW.task_id::text, left(c.name || ', ' || t.layer, 300),
           jsonb_build_object('stage', NEW.stage_before, 'state', NEW.state_before),
           jsonb_build_object('stage', NEW.stage, 'state', NEW.state)
           || CASE WHEN NEW.note = '' THEN '{}' ELSE jsonb_build_object('note', NEW.note) END
           || NEW.details
    FROM work_task t JOIN clips_clip c ON c.id = t.clip_id WHERE t.id = NEW.task_id;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % is refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_is_append_only';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""
_NO_FUNCTION = """
DROP TRIGGER audit_is_append_only ON audit_auditentry;
DROP FUNCTION audit_refuse_change();
DROP FUNCTION audit_record_task();
DROP FUNCTION audit_record();
"""


def functions() -> RunSQL:
    """Return the operation that makes the functions, and the log itself append-only."""
    return RunSQL(_FUNCTION, _NO_FUNCTION)


def audited(
    table: str,
    kind: str,
    *,
    project: str = "",
    untold: Sequence[str] = (),
    secret: Sequence[str] = (),
    changes: Sequence[str] | None = None,
) -> RunSQL:
    """Return the operation that has every change of a table written down.

    It takes a SHARE ROW EXCLUSIVE lock for a moment; no row is read.

    Args:
        table: Whose rows.
        kind: What one row is called in the log.
        project: The column that leads to the project: ``id``, ``project_id``, ``clip_id``,
            ``skill_id``; empty where a row belongs to none.
        untold: Columns that are left out.
        secret: Columns of which only that they changed is told.
        changes: Columns whose update is looked at; None: all.
    """
    update = "UPDATE" if changes is None else f"UPDATE OF {', '.join(changes)}"
    arguments = ", ".join(
        f"'{argument}'" for argument in (kind, project, ",".join(untold), ",".join(secret))
    )
    return RunSQL(
        f"CREATE TRIGGER {table}_audited AFTER INSERT OR {update} OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION audit_record({arguments})",
        f"DROP TRIGGER {table}_audited ON {table}",
    )


def tasks_audited() -> RunSQL:
    """Return the operation that has what happens to tasks written down as well."""
    return RunSQL(
        "CREATE TRIGGER work_taskevent_audited AFTER INSERT ON work_taskevent"
        " FOR EACH ROW EXECUTE FUNCTION audit_record_task()",
        "DROP TRIGGER work_taskevent_audited ON work_taskevent",
    )
