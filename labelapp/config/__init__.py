"""Settings, routes and the Celery application, which whoever sends messages needs too."""

from labelapp.config.celery import app as celery_app

__all__ = ["celery_app"]
