"""The person's own choices."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from accounts.models import User


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember a language: with the person who is logged in, and in this browser."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=code)
    return set_language(request)
