"""What every page shows of this floor."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Job, User
from tenants.typing import Context

TOLD_AT_ONCE = 3


def finished_jobs(request: HttpRequest) -> Context:
    """Work that this person has asked for, that has ended, and whose end they have not seen."""
    return {"finished_jobs": SimpleLazyObject(lambda: _unseen(request))}


def _unseen(request: HttpRequest) -> list[Job]:
    user = getattr(request, "user", None)
    on_its_page = getattr(request.resolver_match, "view_name", "") in ("job", "import")
    if not isinstance(user, User) or on_its_page:
        return []
    ended = Job.objects.filter(owner_id=user.pk, seen_at=None, finished_at__isnull=False)
    return list(ended[:TOLD_AT_ONCE])
