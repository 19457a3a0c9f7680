"""All settings, from the environment. `NAME_FILE` is read for a secret `NAME`.

Defaults are those of `make run`: everything below `ADVISOR_HOME`, nothing to install.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(env.str("ADVISOR_HOME", default=str(BASE_DIR / ".advisor"))).resolve()

# ── who we are ───────────────────────────────────────────────────────────────
SECRET_KEY = env.str("ADVISOR_SECRET_KEY", default="")
if not SECRET_KEY and (HOME / "secret-key").is_file():
    SECRET_KEY = (HOME / "secret-key").read_text().strip()
DEBUG = False
PUBLIC_URL = env.str("ADVISOR_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
_PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or "localhost"
_MORE_HOSTS: list[str] = env.list("ADVISOR_ALLOWED_HOSTS", default=[])
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", _PUBLIC_HOST, *_MORE_HOSTS]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https://")

# ── Django ───────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "advisor.fleet",
    "advisor.store",
    "advisor.recommendations",
    "advisor.alerts",
    "advisor.live",
    "advisor.pipeline",
    "advisor.pages",
    "advisor.embedded",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "advisor.urls"
ASGI_APPLICATION = "advisor.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "advisor.pages.shell.context",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 60  # names carry no hash: after an upgrade nobody keeps old scripts for long
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

# ── data ─────────────────────────────────────────────────────────────────────
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("ADVISOR_DATABASE_URL", default=f"sqlite:///{HOME / 'advisor.sqlite3'}")
}
_database = DATABASES["default"]
_database.update(CONN_MAX_AGE=0, CONN_HEALTH_CHECKS=True)
if _database["ENGINE"].endswith("sqlite3"):
    # FULL: acknowledged is on disk. IMMEDIATE: a writer waits its turn. 8192, of new files: a page holds a whole row.
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    }
else:
    _database["OPTIONS"] = {
        "connect_timeout": 3,
        # Acknowledged means on disk. Parallel workers begin as slowly as all rows of a look come; jit is slower still.
        "options": "-c synchronous_commit=on -c statement_timeout=20000 -c lock_timeout=5000 "
        "-c idle_in_transaction_session_timeout=20000 -c max_parallel_workers_per_gather=0 -c jit=off",
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 10000,
    }

# ── Valkey: broker on database 0, live hints on database 1 ───────────────────
VALKEY_SOCKET = env.str("ADVISOR_VALKEY_SOCKET", default=str(HOME / "valkey.sock"))
VALKEY_URL = env.str("ADVISOR_VALKEY_URL", default="").rstrip("/")
_HINTS = {
    "address": f"{VALKEY_URL}/1" if VALKEY_URL else f"unix://{VALKEY_SOCKET}?db=1",
    "socket_connect_timeout": 3,
    "health_check_interval": 25,
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_HINTS], "prefix": "advisor"},
    }
}
CELERY_BROKER_URL = f"{VALKEY_URL}/0" if VALKEY_URL else f"redis+socket://{VALKEY_SOCKET}?virtual_host=0"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_SOFT_TIME_LIMIT = 20
CELERY_TASK_TIME_LIMIT = 30
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": bool(VALKEY_URL),
    "health_check_interval": 25,
    "global_keyprefix": "advisor:",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # nothing on disk: due times are rows, beat only rings

# ── judging ──────────────────────────────────────────────────────────────────
TIME_SCALE = env.float("ADVISOR_TIME_SCALE", default=1.0)
"""Divides every window and hold time. 1 in production; the demo uses 5 and says so on every page."""

EVALUATE_SECONDS = env.float("ADVISOR_EVALUATE_SECONDS", default=30.0)
CELERY_BEAT_SCHEDULE = {
    "evaluate": {"task": "advisor.pipeline.tasks.evaluate_due", "schedule": EVALUATE_SECONDS},
    "deliver": {"task": "advisor.pipeline.tasks.deliver_due", "schedule": 10.0},
    "roll-up": {"task": "advisor.pipeline.tasks.roll_up", "schedule": 30.0},
    "prune": {"task": "advisor.pipeline.tasks.prune", "schedule": 600.0},
}

# ── keeping: one line a class of data, see advisor/store/retention.py ────────


def _kept(name: str, default: float) -> float:
    """How long something is kept. An empty name counts as unset: Compose passes on what .env leaves out."""
    return env.float(name) if env.str(name, default="") else default


RAW_HOURS = _kept("ADVISOR_RAW_HOURS", 48.0)
KEEP_PARTS_HOURS = _kept("ADVISOR_KEEP_PARTS_HOURS", RAW_HOURS)
ROLLUP_DAYS = _kept("ADVISOR_ROLLUP_DAYS", 30.0)
HOUR_DAYS = _kept("ADVISOR_HOUR_DAYS", 400.0)  # longer than a year: the same weeks of the year before are there
KEEP_EVENTS_DAYS = _kept("ADVISOR_KEEP_EVENTS_DAYS", ROLLUP_DAYS)
KEEP_BATCHES_DAYS = _kept("ADVISOR_KEEP_BATCHES_DAYS", 7.0)
KEEP_COUNTS_DAYS = _kept("ADVISOR_KEEP_COUNTS_DAYS", 30.0)
KEEP_SILENT_DAYS = _kept("ADVISOR_KEEP_SILENT_DAYS", max(RAW_HOURS / 24, ROLLUP_DAYS, HOUR_DAYS, KEEP_EVENTS_DAYS))

# ── telling ──────────────────────────────────────────────────────────────────
MAIL_FOLDER = HOME / "mail"
vars().update(env.email("ADVISOR_EMAIL_URL", default="filemail://"))
if not env.str("ADVISOR_EMAIL_URL", default=""):
    EMAIL_BACKEND = "advisor.alerts.mailfile.EmailBackend"
    EMAIL_FILE_PATH = str(MAIL_FOLDER)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("ADVISOR_MAIL_FROM", default="Scaling Advisor <advisor@localhost>")
MAIL_TO: list[str] = env.list("ADVISOR_MAIL_TO", default=["owner@localhost"])
WEBHOOK_ALLOW: list[str] = env.list("ADVISOR_WEBHOOK_ALLOW", default=[])
"""CIDR ranges that webhooks may reach besides public addresses, and over plain http."""

# ── ingest ───────────────────────────────────────────────────────────────────
INGEST_QUEUE_POINTS = env.int("ADVISOR_INGEST_QUEUE_POINTS", default=200_000)
# What one token may do, so that the others do not notice it. One Collector may speak for a whole platform: 5,000
# processes on 1,000 machines fit with room to spare, and all may be replaced three times within an hour.
MOST_HOSTS = env.int("ADVISOR_MOST_HOSTS", default=5_000)
MOST_SERVICES = env.int("ADVISOR_MOST_SERVICES", default=5_000)
MOST_INSTANCES = env.int("ADVISOR_MOST_INSTANCES", default=20_000)
MOST_SERIES = env.int("ADVISOR_MOST_SERIES", default=1_000_000)
"""Names of parts (routes, disks ...) and streams of running totals: 50 for each of 20,000 processes."""
MOST_REQUESTS_PER_SECOND = env.float("ADVISOR_MOST_REQUESTS_PER_SECOND", default=200.0)
"""To each ingest process. 5,000 processes that report once a minute make 83, where a Collector does not gather them."""
MOST_POINTS_PER_SECOND = env.float("ADVISOR_MOST_POINTS_PER_SECOND", default=50_000.0)
"""To each ingest process. 5,000 processes tell about 20,000 with our agents, so what waited while the server was away
comes in at more than twice that; and of 75,000 points of protobuf that one core takes some are left to the others."""

# ── security ─────────────────────────────────────────────────────────────────
SESSION_COOKIE_NAME = "__Host-sid" if SECURE else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"  # Plotly adds one empty <style>
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", _EMPTY_STYLE],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # A traceback each second while Valkey is away; the hub says it once.
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
    "root": {"handlers": ["console"], "level": env.str("ADVISOR_LOG_LEVEL", default="INFO")},
}
