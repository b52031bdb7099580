"""The catalogue in words: complete, and the page in the docs is what the catalogue says."""

import json
from io import StringIO

from django.core.management import call_command

from metrics.catalogue import ACCOUNT_METRICS, METRICS
from metrics.catalogue.describing import as_markdown
from tests.databases import ROOT


def test_the_page_in_the_docs_is_what_the_catalogue_says() -> None:
    assert (ROOT / "docs/metrics.md").read_text() == as_markdown()


def test_the_command_prints_every_metric_as_json() -> None:
    output = StringIO()
    call_command("describe_metrics", format="json", stdout=output)
    result = json.loads(output.getvalue())
    assert [one["key"] for one in result] == [*METRICS, *ACCOUNT_METRICS]
