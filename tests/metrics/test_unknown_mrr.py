"""An account that is scored and whose MRR is not known: it is unknown everywhere, and never 0."""

import re
from datetime import date

from django.test import Client

from accounts.models import Account
from metrics.models import AccountMetricValues, HealthModel, HealthScore
from metrics.pipeline.health import publish
from tenants.models import Tenant

DAY = date(2026, 6, 30)


def test_a_score_without_a_known_mrr_says_so_in_the_list_on_the_account_and_over_rest(
    acme: Tenant, alice: Client
) -> None:
    account = Account.objects.create(external_id="a-1", name="Tidy Co")
    AccountMetricValues.objects.create(account=account, day=DAY, values=[None] * 40)
    model = HealthModel.objects.filter(version__isnull=False).earliest("version")
    HealthScore.objects.create(
        account=account, day=DAY, model=model, score=70, coverage=50, status="green", marks=[]
    )
    publish(day=DAY)
    home = alice.get("/").content.decode()
    row = re.findall(r"<td[^>]*>(.*?)</td>", home.split("Tidy Co</bdi>")[1].split("</tr>")[0])
    assert (row[1], row[5]) == ("70.0", "n/a")
    page = alice.get(f"/accounts/{account.pk}/").content.decode()
    assert re.search(r"MRR</div>\s*<div>(.*?)</div>", page)[1] == "n/a"  # type: ignore[index]
    (found,) = alice.get("/api/v1/scorecards/").json()["data"]
    assert (found["score"], found["mrr"]) == (70.0, None)
