"""What comes in over HTTP and what browsers may do: limits, REST, cookies, headers."""

from csp.constants import NONCE, NONE, SELF

from csplatform.settings.base import HTTPS
from csplatform.settings.environment import env
from csplatform.settings.people import NUM_PROXIES

# What people may send
IMPORT_LARGEST_FILE = env.int("IMPORT_LARGEST_FILE", default=500 * 1024 * 1024)
API_LARGEST_BODY = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = API_LARGEST_BODY
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # larger ones go to the disk while they come

# How slow clients may be (csplatform.web.serving): seconds for the head of a request, seconds in
# which nothing moves, and bytes of all bodies of a process that have not come whole yet.
WEB_HEADER_SECONDS = env.float("WEB_HEADER_SECONDS", default=20)
WEB_IDLE_SECONDS = env.float("WEB_IDLE_SECONDS", default=60)
WEB_UNFINISHED_BYTES = env.int("WEB_UNFINISHED_BYTES", default=4 * IMPORT_LARGEST_FILE)

# How long one statement may take before the database stops it (csplatform.web.statement_limit).
WEB_STATEMENT_SECONDS = env.float("WEB_STATEMENT_SECONDS", default=30)
# So long a page reads the facts for figures that no night has stored; then a job computes these.
PAGE_FIGURES_SECONDS = env.float("PAGE_FIGURES_SECONDS", default=1.5)

# REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.HeaderTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["csplatform.web.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["csplatform.web.json_bodies.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "csplatform.web.problems.handle",
    "NUM_PROXIES": NUM_PROXIES,
    "UNICODE_JSON": True,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_FORMATTER_CLASS": "csplatform.web.problems.ProblemFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS = {
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "csplatform.web.api_description.complete",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "TITLE": "Customer success platform",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["csplatform.web.permissions.RolePermission"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# What the browser may do
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Without a Domain attribute a cookie stays on its tenant's host; __Host- makes browsers insist.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
