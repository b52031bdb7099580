"""Fifty programs send one request at once, under one idempotency key: one effect, one answer."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.models import Account, ApiKey, IdempotentAnswer
from tenants.context import inside
from tests.product import Product

MANY = 50


def post(product: Product, key: str, path: str, body: object) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=120)
    headers = {
        "Host": "acme.localhost",
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": "one-and-the-same",
    }
    connection.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize("round_", range(3))
def test_fifty_at_once_have_one_effect_and_one_answer(served: Product, round_: int) -> None:
    with inside("acme"):
        answered = IdempotentAnswer.objects.count()
        _row, key = ApiKey.objects.create_key(name="storm", scope="write")
    body = {"external_id": f"a{round_}", "name": "Ant"}
    with ThreadPoolExecutor(MANY) as crowd:
        answers = list(crowd.map(lambda _: post(served, key, "accounts/", body), range(MANY)))
    assert {status for status, _text in answers} == {201}
    assert len({text for _status, text in answers}) == 1
    with inside("acme"):
        assert Account.objects.filter(external_id=body["external_id"]).count() == 1
        assert IdempotentAnswer.objects.count() == answered + 1
