"""The description of the REST API, and the page on which people read and try it."""

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.typing import Json


class DocsView(SpectacularSwaggerSplitView):
    """A page; but what OPTIONS asks has no template, and is told like everywhere in the API."""

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        if not response.template_name:
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)


class SessionInTheDescription(SessionScheme):  # type: ignore[no-untyped-call]
    """How it speaks of a person's session."""

    target_class = "accounts.authentication.HeaderTokenAuthentication"
    priority = 1


class ApiKeyInTheDescription(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description speaks of our keys; known by having been imported."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> Json:
        return {"type": "http", "scheme": "bearer"}
