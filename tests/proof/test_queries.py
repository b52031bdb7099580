"""Every parameter of every address with what is none: nothing typed into a query makes a 500."""

import pytest
from django.test import Client

from tests.csplatform.bad_values import BAD, OF_LISTS, OF_PAGES, OF_PROGRAMS, PAGES, failing
from tests.isolation.addresses import addresses


@pytest.mark.parametrize("kind", ["nul within", "huge"])
def test_nothing_in_a_query_makes_a_page_fail(alice: Client, kind: str) -> None:
    found = addresses("csplatform.urls")
    pages = [one.path for one in found if one.view in PAGES]
    others = [one.path for one in found if one.is_for_programs and one.view not in PAGES]
    assert (len(pages), len(others)) == (len(PAGES), 69)
    assert failing(alice, pages, OF_PAGES, BAD[kind]) == []
    assert failing(alice, others, OF_PROGRAMS, BAD[kind]) == []


@pytest.mark.parametrize("kind", ["nul within", "lookup"])
def test_nothing_in_a_query_makes_a_list_of_the_admin_fail(alice: Client, kind: str) -> None:
    found = addresses("csplatform.urls")
    lists = [one.path for one in found if one.view.endswith("_changelist")]
    assert len(lists) == 33
    assert failing(alice, lists, OF_LISTS, BAD[kind]) == []
