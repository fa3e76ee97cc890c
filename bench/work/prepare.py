"""``python -m bench.work.prepare``: people with API tokens, and clips with tasks, as rows only.

Works on the product whose data folder is in ``LABELAPP_DATA_DIR``; prints the tokens as JSON.
"""

import argparse
import json
import os
import sys
import uuid


def main() -> int:
    """Make what is asked for, in a project of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench.work.prepare", description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--tasks", type=int, default=1000)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelapp.config.settings")
    import django

    django.setup()
    print(json.dumps(prepare(arguments.people, arguments.tasks)))
    return 0


def prepare(people: int, tasks: int) -> dict[str, object]:
    """Return the project's slug, and a token for each labeller."""
    from django.core.management import call_command

    from labelapp.accounts.models import User
    from labelapp.accounts.services import api_token_create
    from labelapp.clips.models import Clip
    from labelapp.projects.models import Membership, Project, Role
    from labelapp.work.services import tasks_create, workflow_save

    mark = uuid.uuid4().hex[:8]
    project = Project.objects.create(slug=f"load-{mark}", name=f"Load {mark}")
    call_command("load_ontology", project=project.slug, verbosity=0, stdout=sys.stderr)
    users = User.objects.bulk_create(
        User(username=f"load-{mark}-{number}", password="!") for number in range(people + 1)
    )
    admin, labellers = users[0], users[1:]
    Membership.objects.create(project=project, user=admin, role=Role.ADMIN)
    Membership.objects.bulk_create(
        Membership(project=project, user=user, role=Role.LABELLER) for user in labellers
    )
    Clip.objects.bulk_create(
        Clip(
            project=project,
            name=f"clip {number}",
            content_hash=uuid.uuid4().hex * 2,
            storage_prefix=uuid.uuid4().hex,
            start_ns=0,
            end_ns=10_000_000_000,
            camera_count=1,
            image_count=10,
            picture_count=10,
            sweep_count=1,
            tick_count=1,
            stored_bytes=1,
        )
        for number in range(tasks)
    )
    workflow_save(actor=admin, project=project, lease_s=900)
    made = tasks_create(actor=admin, project=project, layer="objects")
    tokens = [
        api_token_create(actor=user, name="load", scopes=["read", "label"], days=1)[1]
        for user in labellers
    ]
    return {"project": project.slug, "tasks": len(made), "tokens": tokens}


if __name__ == "__main__":
    sys.exit(main())
