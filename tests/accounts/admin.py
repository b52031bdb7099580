"""What people read and send at the admin."""

from typing import Any

from django.test import Client


def text_of(client: Client, path: str, **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return response.content.decode()


def delete(*pks: object) -> dict[str, Any]:
    return {"action": "delete_selected", "post": "yes", "_selected_action": pks}
