"""The WSGI door of production: plain requests. Sockets and check-ins go to asgi.py."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
get_resolver().resolve("/readyz")  # read all routes now: a worker's first alarm waited 0.4 s for it
