"""Settings of Gerak 112: one file; every outside value comes through env.py.

Without DATABASE_URL this is the embedded default: one process, SQLite, in-memory layer and broker.
With it, production: PostgreSQL, Redis, several server processes, Celery workers.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from config.env import env_bool, env_int, env_numbers, env_str, postgres, secret, tile_hosts
from incidents.reports_copy import REPORTS
from responders.policy import SIGN_IN

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_str("GERAK_DATA_DIR", str(BASE_DIR / "var"))).resolve()

DATABASE_URL = env_str("DATABASE_URL")
GERAK_REPORTS_DATABASE_URL = env_str("GERAK_REPORTS_DATABASE_URL")
REDIS_URL = env_str("REDIS_URL")
EMBEDDED = not DATABASE_URL
HOST = env_str("GERAK_HOST", "127.0.0.1")
PORT = env_int("GERAK_PORT", 8112)

DEBUG = False
SECRET_KEY = secret("GERAK_SECRET_KEY", keep_in=DATA_DIR if EMBEDDED else None)
GERAK_TELEPHONY_SECRET = secret("GERAK_TELEPHONY_SECRET", keep_in=DATA_DIR if EMBEDDED else None)
ALLOWED_HOSTS = env_str("GERAK_ALLOWED_HOSTS", "*" if EMBEDDED else HOST).split(",")
CSRF_TRUSTED_ORIGINS = [o for o in env_str("GERAK_TRUSTED_ORIGINS").split(",") if o]

INSTALLED_APPS = [
    "daphne",
    # Before ours, which take their pages out of the admin: they would show the keys.
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "config",
    "notifications",
    "incidents",
    "responders",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.static_files.StaticFiles",
    "config.unkept.Unkept",
    "config.leaked_tokens.LeakedTokens",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.sessions.ProvenSessions",
    "config.sessions.SlidingSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.impossible_numbers.RefuseImpossibleNumbers",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database -------------------------------------------------------------------------------
# WAL with synchronous=FULL: an answered check-in survives power loss. IMMEDIATE: a transaction that
# reads and then writes never fails with "database is locked". secure_delete: what is erased is
# overwritten in the file.
DATABASES: dict[str, dict[str, Any]]
if EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "config.sqlite",
            "NAME": DATA_DIR / "gerak112.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA secure_delete=ON;",
            },
        }
    }
else:
    DATABASES = {"default": postgres("DATABASE_URL")}
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 20, "timeout": 10}}
# A copy that follows (streaming replication), for the reports and open data alone. One that is gone
# must not hold a report up for long: the one database answers then.
if GERAK_REPORTS_DATABASE_URL and not EMBEDDED:
    DATABASES[REPORTS] = postgres("GERAK_REPORTS_DATABASE_URL")
    DATABASES[REPORTS]["OPTIONS"] = {"connect_timeout": 3, "tcp_user_timeout": 10_000}
    DATABASES[REPORTS]["TEST"] = {"MIRROR": "default"}
DATABASE_ROUTERS = ["incidents.reports_copy.ReportsRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Channels and Celery: wake-ups only ---------------------------------------------------------
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "gerak112"},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
}
CELERY_BROKER_URL = env_str("CELERY_BROKER_URL", REDIS_URL or "memory://localhost")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.1} if EMBEDDED else {}
CELERY_TIMEZONE = "UTC"

# --- People and sessions -----------------------------------------------------------------------
AUTH_USER_MODEL = "responders.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Locked by username and address together: one person's mistakes never lock out a whole room.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "responders.requests.address_of"
AXES_LOCKOUT_CALLABLE = "config.lockout.locked_out"
AXES_ENABLE_ADMIN = False  # lifted on the person's page
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# Staff need a second factor: without one nobody at the desk gets further than to its set-up.
GERAK_REQUIRE_2FA = env_bool("GERAK_REQUIRE_2FA", default=False)
OTP_TOTP_ISSUER = "Gerak 112"
LOGIN_URL = "admin:login"
SESSION_COOKIE_AGE = int(SIGN_IN.session_idle_s)  # slides: config/sessions.py
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not EMBEDDED
SECURE_SSL_REDIRECT = env_bool("GERAK_SSL_REDIRECT", default=not EMBEDDED)
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]  # asked on the box itself
SECURE_HSTS_SECONDS = 0 if EMBEDDED else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not EMBEDDED
# The last proxy's word counts: for https, and for the address somebody comes from.
BEHIND_PROXY = env_bool("GERAK_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.refusal_pages.csrf_failed"

# A map needs no tiles; a city that has a server for them names it: https://…/{z}/{x}/{y}.png
GERAK_TILE_URL = env_str("GERAK_TILE_URL")
GERAK_TILE_ATTRIBUTION = env_str("GERAK_TILE_ATTRIBUTION")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *tile_hosts(GERAK_TILE_URL)],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}

# --- Language, time, static files -----------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = None if EMBEDDED else env_str("GERAK_STATIC_ROOT", str(BASE_DIR / "staticfiles"))
WHITENOISE_USE_FINDERS = EMBEDDED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "photos": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "photos",
            "base_url": None,  # no address: a view shows them to whoever may look
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- The wire ------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["responders.auth.DeviceAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["config.throttles.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {"caller": env_str("GERAK_THROTTLE", "1200/min")},
    "EXCEPTION_HANDLER": "config.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Gerak 112",
    "VERSION": "1",
    "DESCRIPTION": "From a call to 112 to a proof that the crew moved.",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.add_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AssignmentState": "incidents.lifecycle.AssignmentState.values",
        "IncidentState": "incidents.lifecycle.IncidentState.values",
        "CallState": "incidents.lifecycle.CallState.values",
        "CallClass": "incidents.lifecycle.CallClass.values",
    },
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
}

# --- Gerak 112 ---------------------------------------------------------------------------------
DEMO = env_bool("DEMO", default=True)
GERAK_FCM_CREDENTIALS = env_str("GERAK_FCM_CREDENTIALS")
GERAK_FCM_URL = env_str("GERAK_FCM_URL")
# Webhooks to addresses of the city's own network: off, lest a form reach what only we can reach.
GERAK_WEBHOOK_PRIVATE = env_bool("GERAK_WEBHOOK_PRIVATE", default=False)
# Who speaks to the public in CAP, as a domain: 112.solokkota.go.id. Without it all are marked Test.
GERAK_CAP_SENDER = env_str("GERAK_CAP_SENDER")
# Watch BMKG's feeds. Off until an operator says so: no server calls out unasked.
GERAK_BMKG = env_bool("GERAK_BMKG", default=False)
GERAK_BMKG_QUAKES_URL = env_str("GERAK_BMKG_QUAKES_URL", "https://data.bmkg.go.id/DataMKG/TEWS/")
GERAK_BMKG_WEATHER_URL = env_str(
    "GERAK_BMKG_WEATHER_URL", "https://www.bmkg.go.id/alerts/nowcast/id/"
)
# Firebase's public web configuration, a JSON file, for pushes to the app in the browser.
GERAK_FCM_WEB = env_str("GERAK_FCM_WEB")
GERAK_CHECK_IN_MAX_AGE_S = env_int("GERAK_CHECK_IN_MAX_AGE_S", 7 * 24 * 3600)
# A routing server of the city with OSRM's interface, for driving times: http://osrm:5000
GERAK_ROUTING_URL = env_str("GERAK_ROUTING_URL")
GERAK_MOVEMENT_TARGET_S = env_int("GERAK_MOVEMENT_TARGET_S", 600)
# The city's own goals for the reports' intervals, in seconds: {"I2": 90}. Defaults:
# incidents/reports/definitions.py
GERAK_INTERVAL_GOALS_S: dict[str, float] = {}
# Signs proofs: PEM; where neither is set, made and kept in DATA_DIR (incidents/proofs/signing.py).
GERAK_SIGNING_KEY = env_str("GERAK_SIGNING_KEY")
GERAK_SIGNING_KEY_FILE = env_str("GERAK_SIGNING_KEY_FILE")
# Where each day's head hash of the journal is written to; any of the three.
GERAK_HEAD_FILE = env_str("GERAK_HEAD_FILE")
GERAK_HEAD_MAIL = env_str("GERAK_HEAD_MAIL")
GERAK_HEAD_URL = env_str("GERAK_HEAD_URL")
# How long personal data is kept where the city differs, in days: callers=180,photos=90. The kinds
# and their defaults: docs/data-protection.md. The nightly purge is off until a city turns it on.
GERAK_RETENTION_DAYS = env_numbers("GERAK_RETENTION_DAYS")
GERAK_PURGE_NIGHTLY = env_bool("GERAK_PURGE_NIGHTLY", default=False)
# The data protection officer (UU 27/2022, Art. 53), as people are told: name and how to reach them.
GERAK_DPO = env_str("GERAK_DPO")
GERAK_SHORT_WAY = env_bool("GERAK_SHORT_WAY", default=True)
GERAK_SWEEP = env_bool("GERAK_SWEEP", default=True)
# Notices that are not urgent wake nobody in these hours (WIB); empty: at any hour.
GERAK_QUIET_HOURS = env_str("GERAK_QUIET_HOURS", "22:00-05:00")
# The city's SMS, voice and e-mail gateway, and a watcher outside that misses us when we are gone.
GERAK_GATEWAY_URL = env_str("GERAK_GATEWAY_URL")
GERAK_GATEWAY_SECRET = env_str("GERAK_GATEWAY_SECRET")
GERAK_HEARTBEAT_URL = env_str("GERAK_HEARTBEAT_URL")
# What this process is called in the engine watch; empty: host and port.
GERAK_PROCESS_NAME = env_str("GERAK_PROCESS_NAME")
# Where errors are told: the DSN of a server that speaks Sentry's protocol. Wants sentry-sdk.
GERAK_SENTRY_DSN = env_str("GERAK_SENTRY_DSN")
GERAK_INCIDENT_PREFIX = env_str("GERAK_INCIDENT_PREFIX", "SLK")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.log_lines.LineFormatter"},
        "json": {"()": "config.log_lines.JsonFormatter"},
    },
    "filters": {"one_line": {"()": "config.log_lines.OneLineBelowError"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env_str("GERAK_LOG_FORMAT") == "json" else "line",
        }
    },
    "root": {"handlers": ["console"], "level": env_str("GERAK_LOG_LEVEL", "INFO")},
    "loggers": {
        "daphne.http_protocol": {"level": "WARNING"},
        "daphne.server": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        "django.request": {"filters": ["one_line"]},
        "celery": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},  # its debug lines hold what a photo says of its maker
        # Their own handlers go: one process, one shape of line.
        "uvicorn": {"handlers": [], "propagate": True},
        # Warnings alone: it has a line for every socket that opens, as daphne's above would.
        "uvicorn.error": {"handlers": [], "propagate": True, "level": "WARNING"},
        # Named, since what is set for "uvicorn" undoes --no-access-log below it: nginx keeps the
        # log of requests.
        "uvicorn.access": {"handlers": [], "propagate": False},
    },
}
