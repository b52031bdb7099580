"""What every error over REST looks like."""

import json
from typing import Any

MEMBERS = {"type", "title", "status", "detail", "instance", "request_id", "errors"}
ME = "/api/v1/me/"


def problem_of(response: Any, status: int) -> Any:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    answer = json.loads(response.content)
    assert set(answer) == MEMBERS
    assert answer["status"] == status
    return answer
