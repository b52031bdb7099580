"""What has mixed tenants elsewhere is not in this code base: see docs/decisions for the reasons."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.databases import ROOT

APPS = ("csplatform", "metrics", "accounts", "tenants")
# The beating heart of a night touches the ledger alone; the embedded servers know no tenant.
# What these keep is made of declarations in the code, never of a tenant's rows.
CACHES_ALLOWED = {
    "accounts/countries.py",
    "accounts/imports/likeness.py",
    "accounts/imports/names.py",
    "accounts/imports/values/dates.py",
    "accounts/rest/describing.py",
    "tenants/schema_objects.py",
}
THREADS_ALLOWED = {"tenants/leases.py", "tenants/nights.py", "accounts/jobs.py"}
MODULES = {"threading", "asyncio", "concurrent", "multiprocessing", "asgiref", "gevent"}
NAMES = {
    "schema_context",
    "lru_cache",
    "cache",
    "cache_page",
    "ThreadPoolExecutor",
    "sync_to_async",
    "async_to_sync",
    "database_sync_to_async",
}
ASYNC_ORM = re.compile(
    r"\.a(get|create|update|delete|filter|count|first|last|save|exists|iterator|bulk_create"
    r"|bulk_update|get_or_create|update_or_create|aggregate|in_bulk|refresh_from_db)\("
)


def sources() -> list[Path]:
    found = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    assert len(found) > 60
    return found


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Module and name of everything that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def used(tree: ast.Module) -> Iterator[str]:
    """Names that are called or decorate, alone or with a module before them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield last_name(node.func)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from (last_name(decorator) for decorator in node.decorator_list)


def last_name(node: ast.expr) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


def trespasses(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    found = [
        f"imports {module}"
        for module, _ in imported(tree)
        if module.split(".")[0] in MODULES and short(path) not in THREADS_ALLOWED
    ]
    if short(path) not in CACHES_ALLOWED:
        found += [f"imports {name}" for _, name in imported(tree) if name in NAMES - {"cache"}]
        found += [f"imports {name}" for module, name in imported(tree) if (module, name) == CACHE]
        found += [f"uses {name}" for name in used(tree) if name in NAMES]
    found += [
        "is asynchronous"
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    ]
    if short(path) not in WHOSE_ALLOWED:
        found += [match.group() for match in WHOSE.finditer(path.read_text())]
    return found + [match.group() for match in ASYNC_ORM.finditer(path.read_text())]


CACHE = ("functools", "cache")
# The backend believes that role and path are as it has set them while the server tells its path.
WHOSE = re.compile(r"\b(SET|RESET)\s+((LOCAL|SESSION)\s+)?(ROLE|search_path|SESSION)\b|\bDISCARD\b")
WHOSE_ALLOWED = {"tenants/backend/base.py", "tenants/roles.py"}


def test_nothing_that_loses_or_shares_a_tenant_is_used() -> None:
    found = {short(path): trespasses(path) for path in sources()}
    assert {path: what for path, what in found.items() if what} == {}


def test_no_view_function_or_trigger_puts_on_another_role() -> None:
    found = sorted(ROOT.glob("*/sql/**/*.sql"))
    assert len(found) > 20
    assert [short(path) for path in found if WHOSE.search(path.read_text())] == []


@pytest.mark.parametrize(
    "source",
    [
        "import threading",
        "from concurrent.futures import ThreadPoolExecutor",
        "from asgiref.sync import sync_to_async",
        "from django_tenants.utils import schema_context",
        "import functools\n@functools.lru_cache\ndef f(): ...",
        "from functools import cache",
        "from django.views.decorators.cache import cache_page",
        "async def f(): ...",
        "Account.objects.aget(pk=1)",
        "account.asave()",
        "cursor.execute('SET ROLE acme')",
        "cursor.execute('SET LOCAL search_path = acme')",
        "cursor.execute('RESET ROLE')",
        "cursor.execute('DISCARD ALL')",
    ],
)
def test_the_ban_sees(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.tenants.test_bans.ROOT", tmp_path)
    path = tmp_path / "wrong.py"
    path.write_text(source)
    assert trespasses(path)


def test_a_tenant_itself_is_no_way_in() -> None:
    """Entered with `with`, one tenant object is shared by threads and leads back to another's."""
    way_in = re.compile(r"^\s*with\s+[^:(\n]*\btenant(?:\s+as\s+\w+)?\s*[:,]", re.MULTILINE)
    found = [short(path) for path in sources() if way_in.search(path.read_text())]
    assert found == []
    assert way_in.search("    with tenant:\n") and way_in.search("with run.tenant as t:")
    assert not way_in.search("with tenant_context(tenant):")


def test_settings_that_would_let_tenants_meet_are_not_set() -> None:
    assert settings.TENANT_LIMIT_SET_CALLS is False
    assert not getattr(settings, "SHOW_PUBLIC_IF_NO_TENANT_FOUND", False)
    assert settings.DATABASES["default"]["ENGINE"] == "tenants.backend"
    assert settings.CACHES["default"]["KEY_FUNCTION"] == "django_tenants.cache.make_key"
    assert set(settings.SHARED_APPS) & set(settings.TENANT_APPS) == {"django.contrib.contenttypes"}
    assert getattr(settings, "SESSION_COOKIE_DOMAIN", None) is None
