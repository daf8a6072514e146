"""Settings of the test suite: the embedded default, or PostgreSQL where DATABASE_URL is set."""

import os
import tempfile

os.environ.setdefault("GERAK_DATA_DIR", tempfile.mkdtemp(prefix="gerak112-test-"))
os.environ.setdefault("GERAK_SECRET_KEY", "a key for tests, long enough to sign anything at all")
os.environ.setdefault("GERAK_TELEPHONY_SECRET", "a telephone exchange's secret for tests")
os.environ["GERAK_SSL_REDIRECT"] = "0"

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, EMBEDDED  # noqa: E402
from config.settings import STORAGES as OUR_STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://localhost"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
ALLOWED_HOSTS = ["*"]
DEMO = False
GERAK_SWEEP = False  # tests sweep by hand
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "photos": OUR_STORAGES["photos"],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if EMBEDDED:
    DATABASES["default"]["TEST"] = {
        "NAME": os.path.join(os.environ["GERAK_DATA_DIR"], "test.sqlite3")
    }
else:
    DATABASES["default"]["OPTIONS"] = {}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
