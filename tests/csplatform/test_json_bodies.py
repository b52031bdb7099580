"""Bodies that nobody sends by accident are refused at the door, each with its reason."""

import json
import time
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.exceptions import ParseError

from accounts.strict_json import DEEPEST, LARGEST_NUMBER
from csplatform.web.json_bodies import StrictJSONParser
from tenants.models import Tenant
from tests.accounts.rest import Program

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


HOSTILE: dict[str, tuple[bytes, str]] = {
    "blank": (b"  ", "not JSON"),
    "cut off": (b'{"name": "A', "line 1, column"),
    "two values": (b"{} {}", "not JSON"),
    "a trailing comma": (b'{"name": 1,}', "not JSON"),
    "a comment": (b'{"name": 1} // x', "not JSON"),
    "single quotes": (b"{'name': 1}", "not JSON"),
    "a list": (b"[]", "an object"),
    "a text": (b'"x"', "an object"),
    "a number": (b"7", "an object"),
    "null": (b"null", "an object"),
    "true": (b"true", "an object"),
    "NaN": (b'{"seats": NaN}', "NaN"),
    "Infinity": (b'{"seats": Infinity}', "Infinity"),
    "-Infinity": (b'{"seats": -Infinity}', "-Infinity"),
    "1e999": (b'{"seats": 1e999}', "too large"),
    "-1e999": (b'{"seats": -1e999}', "too large"),
    "1e-999999999": (b'{"seats": 1e-999999999}', "too small"),
    "0e999999999": (b'{"seats": 0e999999999}', "too small"),
    "1e-(forty digits)": (b'{"seats": 1e-' + b"9" * 40 + b"}", "too small"),
    "10,000 decimals": (b'{"seats": 0.' + b"1" * 10_000 + b"}", "too large"),
    "10,000 digits": (b'{"seats": ' + b"9" * 10_000 + b"}", "at most"),
    "a million lists": (b'{"a": [' + b"[]," * 1_000_000 + b"1]}", "250000 values"),
    "a million brackets": (b"[]" * 1_000_000, "250000 values"),
    "a name twice among 100,000": (
        b"{" + b"".join(b'"%d": 1, ' % n for n in range(100_000)) + b'"7": 1}',
        "“7” stands twice",
    ),
    "a long name over 100,000 values": (
        b'{"' + b"x" * 1_000_000 + b'": [' + b"1," * 100_000 + b'"\\u0000"]}',
        "NUL",
    ),
    "2^63": (b'{"seats": 9223372036854775808}', "at most"),
    "4,301 digits": (b'{"seats": ' + b"9" * 4301 + b"}", "at most"),
    "a NUL": (b'{"name": "a\\u0000b"}', "NUL"),
    "a NUL in a name": (b'{"na\\u0000me": 1}', "NUL"),
    "a raw NUL": (b'{"name": "a\x00b"}', "not JSON"),
    "a lone surrogate": (b'{"name": "\\ud800"}', "half a character"),
    "a lone surrogate in a name": (b'{"\\udfff": 1}', "half a character"),
    "a name twice": (b'{"name": 1, "name": 2}', "“name” stands twice"),
    "33 levels": (nested(33).encode(), "32 levels"),
    "100,000 brackets": (b"[" * 100_000, "32 levels"),
    "100,000 objects": (b'{"a":' * 100_000, "32 levels"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "byte order mark"),
    "UTF-16": ('{"name": "A"}'.encode("utf-16"), "not UTF-8"),
    "Latin-1": (b'{"name": "caf\xe9"}', "not UTF-8"),
    "overlong UTF-8": (b'{"name": "\xc0\x80"}', "not UTF-8"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_answered_with_a_problem(acme: Tenant, name: str) -> None:
    body, result = HOSTILE[name]
    for method, path in (("POST", "accounts/"), ("PUT", "accounts/bulk/")):
        answer = sent(body, method=method, path=path)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert result in answer.json()["detail"]


@pytest.mark.parametrize("name", ["1e-999999999", "10,000 decimals", "a million lists"])
def test_what_a_hostile_body_costs_does_not_grow_with_its_numbers(name: str) -> None:
    begun = time.process_time()
    with pytest.raises(ParseError):
        StrictJSONParser().parse(BytesIO(HOSTILE[name][0]))
    assert time.process_time() - begun < 1


HOSTILE_MAPPINGS = {
    "deep": "[" * 100_000,
    "deep objects": '{"a":' * 10_000,
    "NaN": '{"a": NaN}',
    "not JSON": "{",
    "a name twice": '{"a": "", "a": ""}',
    "half a character": '{"a": "\\ud800"}',
    "a NUL": '{"a": "\\u0000"}',
    "numbers": '{"a": 1}',
}


@pytest.mark.parametrize("name", HOSTILE_MAPPINGS)
def test_the_mapping_of_an_import_is_read_as_strictly(acme: Tenant, name: str) -> None:
    program = Program()
    file = SimpleUploadedFile("a.csv", b"external_id,name\na,A\n")
    body = {"kind": "accounts", "file": file, "mapping": HOSTILE_MAPPINGS[name]}
    answer = program.client.post("/api/v1/imports/", body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/mapping"]


def sent(body: bytes, *, method: str = "POST", path: str = "accounts/", **headers: str) -> Any:
    program = Program()
    options: dict[str, Any] = {"content_type": "application/json", "headers": headers}
    return program.client.generic(method, f"/api/v1/{path}", body, **options)


def test_a_body_that_is_too_large_is_not_read(acme: Tenant) -> None:
    answer = sent(b'{"name": "' + b"x" * 6_000_000 + b'"}')
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    with_key = sent(b'{"name": "' + b"x" * 6_000_000 + b'"}', **{"Idempotency-Key": "k"})
    assert with_key.status_code == 413


def test_a_type_of_content_that_is_not_json_is_refused(acme: Tenant) -> None:
    program = Program()
    answer = program.client.post("/api/v1/accounts/", "a=1", content_type="text/plain")
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")


@pytest.mark.parametrize(
    "name",
    [
        "شرکت کتاب‌خانه",
        "Żółw",
        "👩‍👩‍👧‍👦",
        "a\u202eb\u202cc",
        "é" * 300,
        'quo"te\\',
        "[[[[" * 20,
        "a\nb",
    ],
)
def test_any_text_that_can_be_kept_comes_back_as_it_was(acme: Tenant, name: str) -> None:
    answer = sent(json.dumps({"external_id": "a", "name": name}).encode())
    assert (answer.status_code, answer.json()["name"]) == (201, name)


def test_numbers_are_exact_up_to_the_largest() -> None:
    body = f'{{"a": {LARGEST_NUMBER}, "b": 0.1, "c": -{LARGEST_NUMBER}}}'.encode()
    read = StrictJSONParser().parse(BytesIO(body))
    assert read == {"a": LARGEST_NUMBER, "b": Decimal("0.1"), "c": -LARGEST_NUMBER}
    StrictJSONParser().parse(BytesIO(nested(DEEPEST).encode()))


def test_a_body_without_a_key_is_still_a_matter_of_who_asks(anyone: Client) -> None:
    answer = anyone.post("/api/v1/accounts/", b"[", content_type="application/json")
    assert answer.status_code == 401
