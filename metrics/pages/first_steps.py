"""The first steps of a tenant, which home shows until there are figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.capabilities import Capability
from accounts.imports.kinds import KINDS
from accounts.models import Account, CountingRules, User
from accounts.models.rules import customers_known_by
from metrics.models import HealthModel

CustomersBy = CountingRules.CustomersBy


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the first steps of a tenant: what to do, where, and whether it is done."""

    text: StrOrPromise
    button: StrOrPromise
    url: str
    done: bool


def first_steps(*, user: User) -> list[Step]:
    """The steps that `user` may do, in their order; a viewer has none."""
    may_configure = Capability.CONFIGURE in user.capabilities
    return [*_imports(), *_setup()] if may_configure else _for_managers(user)


def _for_managers(user: User) -> list[Step]:
    return list(_imports()) if user.may_change else []


def _imports() -> Iterator[Step]:
    yield Step(
        text=_("Import your accounts"),
        button=_("Import accounts"),
        url=reverse("import_new") + "?kind=accounts",
        done=Account.objects.exists(),
    )
    sold = str(customers_known_by())
    names = {
        CustomersBy.SUBSCRIPTIONS: (_("Import their subscriptions"), _("Import subscriptions")),
        CustomersBy.PURCHASES: (_("Import their purchases"), _("Import purchases")),
    }
    text, button = names[customers_known_by()]
    yield Step(
        text=text,
        button=button,
        url=f"{reverse('import_new')}?kind={sold}",
        done=KINDS[sold].objects().exists(),
    )


def _setup() -> Iterator[Step]:
    yield Step(
        text=_("Invite your team"),
        button=_("Add a user"),
        url=reverse("admin:accounts_user_add"),
        done=User.objects.filter(is_active=True).count() > 1,
    )
    yield Step(
        text=_("Review the health score"),
        button=_("Open health score"),
        url=reverse("admin:metrics_healthmodel_changelist"),
        done=HealthModel.objects.filter(version__gt=1).exists(),
    )
