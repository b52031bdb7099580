"""Who may log in and how, and how mail reaches them."""

from csplatform.settings.base import BASE_DOMAIN
from csplatform.settings.environment import DATA, embedded, env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"  # whatever that is on a host: the book, or the operators' admin
ACCOUNT_ADAPTER = "accounts.login.NoSignupAdapter"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.login.ResetTokenOfTheTenant"  # noqa: S105
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody can sign up, so there is nothing to write to them
ACCOUNT_EMAIL_VERIFICATION = "none"  # an admin of the tenant opens the accounts of its people
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
# Limits are kept by address: how many proxies of ours stand in front decides whose address it is.
NUM_PROXIES = env.int("NUM_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = NUM_PROXIES
# Mail: to the server of EMAIL_URL; without one, beside the embedded servers, into a folder.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = DATA / "mail"
MAIL_IS_DELIVERED = bool(env.str("EMAIL_URL", default=""))
if MAIL_IS_DELIVERED:
    vars().update(env.email_url("EMAIL_URL"))
elif embedded("database_url") or embedded("broker_url"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"no-reply@{BASE_DOMAIN}")
