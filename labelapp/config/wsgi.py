"""The WSGI application that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from labelapp.datasets import warming

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelapp.config.settings")
application = get_wsgi_application()
if settings.COMPILE_AT_START:
    warming.begin()
