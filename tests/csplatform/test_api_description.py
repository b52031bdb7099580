"""The description of the API is valid, served to readers alone, and shown by a page of our own."""

import json
from pathlib import Path

import pytest
from django.test import Client

from tests.csplatform.commands import manage
from tests.csplatform.problems import problem_of


@pytest.mark.long
def test_the_description_is_valid_openapi_without_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "schema.yml"
    done = manage("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert file.read_text().startswith("openapi: 3.1.0\n")


def test_the_description_is_served_to_readers(alice: Client, anyone: Client) -> None:
    response = alice.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    schema = json.loads(response.content)
    assert schema["openapi"] == "3.1.0"
    assert {"/api/v1/me/", "/api/v1/kpis/", "/api/v1/kpis/{key}/"} <= set(schema["paths"])
    assert set(schema["components"]["securitySchemes"]) == {"apiKey", "cookieAuth"}
    problem_of(anyone.get("/api/v1/schema/"), 401)


def test_the_page_of_the_api_obeys_our_policy(alice: Client, anyone: Client) -> None:
    response = alice.get("/api/v1/docs/")
    page = response.content.decode()
    policy = response.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<style nonce="{nonce}">' in page
    assert "<script>" not in page
    assert "unsafe" not in policy
    sources = [part.split('"')[0] for part in page.split('src="')[1:]]
    assert len(sources) == 3
    assert [source for source in sources if not source.startswith("/")] == []
    script = alice.get(sources[-1].replace("&amp;", "&"))
    assert (script.status_code, script.headers["Content-Type"]) == (200, "application/javascript")
    assert "/api/v1/schema/" in script.content.decode()
    problem_of(anyone.get("/api/v1/docs/"), 401)
