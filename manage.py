#!/usr/bin/env python
"""Django's command line. The embedded servers, where they are used, run as long as the command."""

import contextlib
import os
import sys

#: Commands that touch neither the database nor the broker.
WITHOUT_SERVICES = {"check", "collectstatic", "help", "makemigrations", "spectacular", "version"}


def main() -> None:
    """Run a management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelapp.config.settings")
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from labelapp.common import embedded  # noqa: PLC0415

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    is_embedded = not (os.environ.get("DATABASE_URL") and os.environ.get("CELERY_BROKER_URL"))
    with contextlib.ExitStack() as stack:
        if is_embedded and command not in WITHOUT_SERVICES:
            try:
                stack.enter_context(embedded.in_use(settings.DATA_DIR))
            except embedded.EmbeddedServiceError as error:
                sys.exit(str(error))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
