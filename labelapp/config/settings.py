"""Settings: embedded by default, distributed by configuration.

Without any environment variable the product runs on an embedded PostgreSQL and Redis (both from
wheels) and files below ``.labelapp/`` in the repository. ``DATABASE_URL``, ``CELERY_BROKER_URL``
and ``LABELAPP_S3_BUCKET`` replace each by a real service.
"""

from datetime import timedelta
from pathlib import Path

import environ

from labelapp.accounts import oidc_settings
from labelapp.common import embedded

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

#: Everything that the embedded default keeps: the database, Redis, files, the secret key, logs.
DATA_DIR = Path(env.str("LABELAPP_DATA_DIR", str(BASE_DIR / ".labelapp"))).resolve()

SECRET_KEY = env.str("LABELAPP_SECRET_KEY", "") or embedded.secret_key(DATA_DIR)
DEBUG = env.bool("LABELAPP_DEBUG", False)
ALLOWED_HOSTS = env.list("LABELAPP_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("LABELAPP_TRUSTED_ORIGINS", default=[])

LOCAL_APPS = [
    *("common", "audit", "accounts", "projects", "ontology", "clips", "labels", "work"),
    *("notices", "training", "review", "prelabels", "agreement"),
    *("autolabel", "datasets", "imports"),
]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "rest_framework",
    "drf_spectacular",
    *(f"labelapp.{name}" for name in LOCAL_APPS),
    "labelapp.demo",
]
MIGRATION_MODULES = {name: f"migrations.{name}" for name in LOCAL_APPS}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "labelapp.common.compression.GzipTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "labelapp.common.middleware.RequestIdMiddleware",
    "labelapp.audit.acting.ActingMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "labelapp.config.urls"
WSGI_APPLICATION = "labelapp.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

_DATABASE = (
    env.db_url_config(env.str("DATABASE_URL"))
    if env.str("DATABASE_URL", "")
    else embedded.database_settings(DATA_DIR)
)
DATABASES = {
    "default": {
        **_DATABASE,
        "ENGINE": "labelapp.common.postgres",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Values go beside the statements, and what a connection sends again and again is planned
        # once for it (``bench.work.cost``). A pooler that deals out connections by transaction may
        # not be able to keep such plans: 0 turns them off.
        "OPTIONS": {
            **_DATABASE.get("OPTIONS", {}),
            "server_side_binding": True,
            "prepare_threshold": 3 if env.bool("LABELAPP_PREPARE", True) else None,
        },
    }
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Attempts to log in, see accounts.throttles; the table is made by a migration.
    "attempts": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_attempts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
#: So many wrong passwords for one name from one address lock that address out of that name; nobody
#: locks others out from elsewhere.
AXES_FAILURE_LIMIT = env.int("LABELAPP_LOCKOUT_FAILURES", 20)
AXES_COOLOFF_TIME = timedelta(minutes=env.float("LABELAPP_LOCKOUT_MINUTES", 15.0))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "labelapp.accounts.lockout.name_tried"
AXES_CLIENT_IP_CALLABLE = "labelapp.accounts.lockout.address_of"
MFA_ADAPTER = "labelapp.accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
#: Who must have a second factor: roles as ``admin``, of one project as ``admin@night_shift``;
#: ``*`` is every role.
SECOND_FACTOR_FOR = frozenset(env.list("LABELAPP_SECOND_FACTOR", default=[]))
#: Who vouches for people by OpenID Connect; None: nobody.
OIDC = oidc_settings.from_environment(env)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "labelapp.common.error_responses.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.exists() else None


def WHITENOISE_IMMUTABLE_FILE_TEST(path: str, url: str) -> bool:  # noqa: N802, ARG001
    """Tell files whose name holds the hash of their content: the browser tool's assets."""
    return url.startswith("/assets/")


S3_BUCKET = env.str("LABELAPP_S3_BUCKET", "")


def _storage(folder: str) -> dict[str, object]:
    """Return the storage of one kind of big file: a folder on disk, or a prefix in the bucket."""
    if S3_BUCKET:
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {"bucket_name": S3_BUCKET, "location": folder, "file_overwrite": True},
        }
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / folder), "base_url": None},
    }


STORAGES = {
    "default": _storage("files"),
    "clips": _storage("clips"),
    "exports": _storage("exports"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or embedded.broker_url(DATA_DIR)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "ingest"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2}
#: A running job whose heartbeat is older than this is given to another worker.
JOB_STALLED_AFTER_S = env.float("LABELAPP_JOB_STALLED_AFTER_S", 30.0)

#: Whether servers and workers have the kernels compiled when they start.
COMPILE_AT_START = env.bool("LABELAPP_COMPILE_AT_START", True)

#: Hosts of one's own network that webhooks may lead to, also without TLS; others must be public.
WEBHOOK_TRUSTED_HOSTS = frozenset(env.list("LABELAPP_WEBHOOK_TRUSTED_HOSTS", default=[]))

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "labelapp.accounts.token_auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "labelapp.accounts.token_auth.ScopePermission",
        "labelapp.accounts.token_auth.SecondFactorPermission",
    ],
    "DEFAULT_RENDERER_CLASSES": ["labelapp.common.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["labelapp.common.parsing.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "labelapp.common.error_responses.exception_handler",
    "DEFAULT_THROTTLE_RATES": {
        "login": env.str("LABELAPP_LOGIN_RATE", "10/min"),
        "login_address": env.str("LABELAPP_LOGIN_ADDRESS_RATE", "100/min"),
    },
    # How many proxies in front may be believed about who calls: with 0, X-Forwarded-For is ignored.
    "NUM_PROXIES": env.int("LABELAPP_PROXIES", 0),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "labelapp",
    "DESCRIPTION": "Label once in vector space; train everywhere.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TaskStateEnum": "labelapp.work.stages.STATE_CHOICES",
        "KindEnum": "labelapp.labels.models.LabelEvent.Kind",
        "FindingKindEnum": "labelapp.training.findings.KIND_CHOICES",
        "TaskStageEnum": "labelapp.work.stages.STAGE_CHOICES",
        "SourceEnum": "labelapp.labels.models.Source",
        "UploadStateEnum": "labelapp.clips.sent.STATES",
        "MachineEnum": "labelapp.labels.models.MACHINES",
        "HoldOutKindEnum": "labelapp.datasets.models.HoldOut.Kind",
        "CommentEventKindEnum": "labelapp.review.models.CommentEvent.Kind",
        "LabelChangeKindEnum": "labelapp.review.serializers.CHANGE_KINDS",
    },
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LABELAPP_LOG_LEVEL", "WARNING")},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
