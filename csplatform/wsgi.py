"""The web application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csplatform.settings")
application = get_wsgi_application()

from csplatform.checks import refuse_to_serve  # noqa: E402  (needs the apps loaded)
from csplatform.web.statement_limit import limit_statements  # noqa: E402
from tenants.pooling import refuse_transaction_pooling  # noqa: E402

refuse_to_serve()
refuse_transaction_pooling()
limit_statements()
