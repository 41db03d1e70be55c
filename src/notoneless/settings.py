"""Settings. Everything an operator may change is an environment variable; docs/OPERATING.md will list them."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dj_database_url

from notoneless.kernel.keys import load_data_key, load_text_secret
from notoneless.kernel.providers import login_providers, secret_lines

BASE_DIR = Path(__file__).resolve().parent
VAR_DIR = Path(os.environ.get("NOL_VAR", "var")).resolve()
PRODUCTION = os.environ.get("NOL_ENV", "") == "production"

DATA_KEY = load_data_key(VAR_DIR / "data.key")
SECRET_KEY = load_text_secret(VAR_DIR / "secret.key")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("NOL_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("NOL_ORIGINS", "").split(",") if o]

NOW_ASKED = _now = os.environ.get("NOL_NOW", "")
REHEARSAL_NOW: datetime | None = datetime.fromisoformat(_now).astimezone(UTC) if _now and not PRODUCTION else None

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.dingtalk",
    "allauth.socialaccount.providers.feishu",
    "allauth.socialaccount.providers.weixin",
    "allauth.socialaccount.providers.openid_connect",
    "notoneless.web.wecom",
    "template_partials",
    "notoneless.kernel",
    "notoneless.roster",
    "notoneless.ledger",
    "notoneless.expect",
    "notoneless.collect",
    "notoneless.rollup",
    "notoneless.retain",
    "notoneless.consent",
    "notoneless.follow",
    "notoneless.publish",
    "notoneless.web",
]
MIDDLEWARE = [
    "notoneless.web.headers.HeadersMiddleware",
    # Pads each answer with random bytes, so that its length tells nothing of the secrets in it (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "notoneless.web.pace.PaceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "notoneless.web.account.guard.SessionGuard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "notoneless.web.edge.EdgeMiddleware",
]
ROOT_URLCONF = "notoneless.urls"
ASGI_APPLICATION = "notoneless.asgi.application"
AUTH_USER_MODEL = "roster.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Ours first; then the pages of django-allauth that we have not written anew, in our own elements.
_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "notoneless.web.ui.components",
                "notoneless.web.ui.tags",
                "notoneless.web.remind.tags",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notoneless.web.ui.context.reader",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    """SQLite in one file by default, PostgreSQL by DATABASE_URL."""
    parsed = dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR}/notoneless.sqlite3")
    database: dict[str, Any] = {**parsed, "ATOMIC_REQUESTS": False}
    if database["ENGINE"].endswith("sqlite3"):
        Path(database["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(database["NAME"]).touch(mode=0o600)  # SQLite would make it readable by everybody, and its log likewise
        database["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # a real file: threads and servers share it
        database["OPTIONS"] = {
            # IMMEDIATE: a transaction that will write takes the one write lock at once, never half way (house style).
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=65536;",
        }
    else:
        # Under ASGI each request has a connection of its own, and one kept open "for the next" is never met again: a
        # pool in each process is what keeps them few.
        database["CONN_HEALTH_CHECKS"] = True
        database["OPTIONS"] = {
            **parsed.get("OPTIONS", {}),  # sslmode and sslrootcert, from the address
            # Short: while the database is away each batch waits so long before its senders are told; and a pool that
            # has given up looks anew at the next request, instead of ever more seldom for five minutes.
            "pool": {"min_size": 1, "max_size": 10, "timeout": 3, "reconnect_timeout": 3},
            "prepare_threshold": 1_000_000_000,  # only what asks to be prepared: kernel.rowset's few statements
            # A plan made for an unknown list goes by the keys, as it must.
            "options": "-c plan_cache_mode=force_generic_plan",
        }
    return database


DATABASES = {"default": _database()}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("NOL_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "ui" / "static"]
STATIC_ROOT = VAR_DIR / "static"  # packed at each start of a server (web/ui/packed.py)
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "notoneless.web.ui.packed.PackedStorage"},
}
WHITENOISE_USE_FINDERS = True  # without a server's packing, straight from the package
WHITENOISE_AUTOREFRESH = False

LOGIN_URL = "/sign-in/"
# Roles that reach a bureau's data or administer need more than a password. A demo on one's own machine does not ask.
SECOND_FACTOR_REQUIRED = os.environ.get("NOL_SECOND_FACTOR", "required" if PRODUCTION else "offered") == "required"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "notoneless.roster.accounts.passwords.ThreeClasses"},
    {"NAME": "notoneless.roster.accounts.passwords.NotOneOfTheLast"},
]
TEXT_CHANNEL = os.environ.get("NOL_TEXT_CHANNEL", "dry-run")
ACCOUNT_ADAPTER = "notoneless.web.account.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = False  # roster/accounts/failures.py counts, where all workers see it
MFA_ADAPTER = "notoneless.web.account.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
SOCIALACCOUNT_ADAPTER = "notoneless.web.account.adapter.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = login_providers(os.environ)
# Reminders (docs/REMINDERS.md). Addresses of channels are secrets: read here, kept nowhere else.
REMINDER_CHANNELS = [c for c in os.environ.get("NOL_REMINDER_CHANNELS", "dry-run").replace(" ", "").split(",") if c]
REMINDER_URLS = {kind: secret_lines(os.environ, f"NOL_REMINDER_{kind.upper()}_URLS") for kind in ("family", "staff")}
REMINDER_RULES = os.environ.get("NOL_REMINDER_RULES", "")
PUBLIC_ADDRESS = os.environ.get("NOL_ADDRESS", "")
PUSH_CONTACT = os.environ.get("NOL_PUSH_CONTACT", "nobody@example.org")
PUSH_ORIGINS = os.environ.get(
    "NOL_PUSH_ORIGINS",
    "https://fcm.googleapis.com,https://updates.push.services.mozilla.com,https://*.push.apple.com,"
    "https://*.notify.windows.com",
).split(",")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
CSRF_FAILURE_VIEW = "notoneless.web.edge.csrf_failed"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600  # web/account/limits.py ends sessions sooner, by role
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# A proxy with TLS stands in front and sets X-Forwarded-Proto and X-Forwarded-For anew: only then are they believed.
PROXY_TLS = os.environ.get("NOL_PROXY_TLS", "") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_TLS else None
SECURE_SSL_REDIRECT = PRODUCTION and PROXY_TLS
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
# A browser takes a cookie of the kind __Host- only over TLS, for this host alone, from this host alone.
_host = "__Host-" if PRODUCTION else ""
SESSION_COOKIE_NAME = f"{_host}sessionid"
CSRF_COOKIE_NAME = f"{_host}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_host}language"
LANE_COOKIE_NAME = f"{_host}nol_lane"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = PRODUCTION

# Requests at once, and requests a second, in each worker; static files and the lane are not counted (web/pace.py).
PAGE_PACES = {
    # One person: a board open in five tabs polls once a second and a half, and somebody clicks besides.
    "account": (300, 10.0),
    # A program by its token: it reads a city's schools one after another.
    "token": (2_000, 50.0),
    # Nobody's, by address: a large school behind one NAT address, or two thousand parents behind a carrier's, who all
    # sign in within the same ten minutes at four requests each.
    "stranger": (1_500, 30.0),
    # All from one address, signed in or not: that school's whole staff at work, three times over.
    "address": (6_000, 200.0),
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
REPORTS_PER_REQUEST = 1000
IMPORT_MAX_BYTES = int(os.environ.get("NOL_IMPORT_MAX_MB", "190")) * 1_000_000

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"private": {"()": "notoneless.kernel.logs.PrivateFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "private"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
