"""What home shows above its list: the main figures that have data, or the first steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import Capability
from accounts.models import Account, CountingRules, Job, Role, User
from accounts.models.rules import customers_known_by
from accounts.short_night import SHORT_NIGHT
from metrics.catalogue import METRICS
from metrics.catalogue.records import Source
from metrics.kpis import Book, Comparison
from metrics.models import HealthModel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CustomersBy = CountingRules.CustomersBy
VOICE_AND_USE = ("nps", "csat", "mau", "feature_adoption")
# Of each family the number that is looked at first, by what the tenant sells.
MAIN = {
    CustomersBy.SUBSCRIPTIONS: (
        *("mrr", "customers", "customer_churn_rate", "nrr"),
        *VOICE_AND_USE,
    ),
    CustomersBy.PURCHASES: (
        *("non_recurring_revenue", "customers", "average_purchase_value", "purchase_frequency"),
        *VOICE_AND_USE,
    ),
}
WORK_SHOWN = (SHORT_NIGHT, "import", "sample_in")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the first steps of a tenant: what to do, where, and whether it is done."""

    text: "StrOrPromise"
    button: "StrOrPromise"
    url: str
    done: bool


def main_figures(book: Book) -> list[Comparison]:
    """The figures of home; one that has had no data in any of its periods is left out."""
    keys = MAIN[customers_known_by()]
    return [found for found in (book.compare(METRICS[key]) for key in keys) if _has_data(found)]


def _has_data(found: Comparison) -> bool:
    periods = (found.reading, found.previous, found.year_before)
    if found.metric.source == Source.USAGE:  # over all accounts, who may have sent no events at all
        return any(one.numerator for one in periods)
    return any(one.n for one in periods)


def first_steps(*, user: User) -> list[Step]:
    """The steps that `user` may do, in their order; a viewer has none."""
    may_configure = Capability.CONFIGURE in user.capabilities
    return [*_imports(), *_setup()] if may_configure else _for_managers(user)


def _for_managers(user: User) -> list[Step]:
    return list(_imports()) if user.may_change else []


def _imports() -> Iterator[Step]:
    from accounts.imports.kinds import KINDS

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


def admins() -> list[User]:
    """Whom to ask for what one may not do."""
    return list(User.objects.filter(role=Role.ADMIN, is_active=True)[:5])


def work_in_progress() -> Job | None:
    """The job that is bringing data or figures to home, if there is one."""
    jobs = Job.objects.filter(kind__in=WORK_SHOWN, state__in=Job.OPEN)
    return jobs.order_by("-state", "pk").first()
