"""Who may call what: every role at every address of the desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import ROLES, Desk, desk_of
from fastapi import FastAPI

from courtesy.store import tables

EVERYBODY, SIGNED_IN = ("none", *ROLES), ROLES
DECIDES = ("reviewer", "supervisor")
CLERKS_TOO = ("clerk", "reviewer", "supervisor", "administrator")
EDITS = ("trainer", "administrator")
LEARNS = ("supervisor", "trainer", "administrator")
SEES_LISTS = ("reviewer", "supervisor", "trainer", "administrator")
LOOKS = ("reviewer", "supervisor", "administrator")

# What is missing here, the test prints ready to be put in: look at it first.
TABLE: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/agreement"): ("supervisor", "trainer", "administrator"),
    ("GET", "/api/agreement"): ("supervisor", "trainer", "administrator"),
    ("GET", "/api/appeals"): ("clerk", "supervisor", "administrator"),
    ("GET", "/appeals"): ("clerk", "supervisor", "administrator"),
    ("POST", "/api/assignments"): ("supervisor",),
    ("GET", "/api/audit"): ("administrator",),
    ("GET", "/api/audit/verified"): ("administrator",),
    ("GET", "/api/drill"): SIGNED_IN,
    ("GET", "/api/drill/sound/{scenario}/{step}"): SIGNED_IN,
    ("DELETE", "/api/drill/walk"): SIGNED_IN,
    ("GET", "/api/drill/walk"): SIGNED_IN,
    ("POST", "/api/drill/walk"): SIGNED_IN,
    ("POST", "/api/drill/walk/answers"): SIGNED_IN,
    ("POST", "/api/drill/walk/spoken"): SIGNED_IN,
    ("GET", "/api/filters"): SIGNED_IN,
    ("POST", "/api/filters"): SIGNED_IN,
    ("DELETE", "/api/filters/{number}"): SIGNED_IN,
    ("GET", "/api/findings"): SIGNED_IN,
    ("GET", "/api/findings/{number}"): SIGNED_IN,
    ("POST", "/api/findings/{number}/answer"): ("supervisor",),
    ("DELETE", "/api/findings/{number}/appeal"): ("clerk",),
    ("POST", "/api/findings/{number}/appeal"): ("clerk",),
    ("POST", "/api/findings/{number}/comments"): LOOKS,
    ("POST", "/api/findings/{number}/corrections"): DECIDES,
    ("DELETE", "/api/findings/{number}/decision"): DECIDES,
    ("POST", "/api/findings/{number}/decision"): DECIDES,
    ("POST", "/api/findings/{number}/roles"): DECIDES,
    ("GET", "/api/findings/{number}/sound"): SIGNED_IN,
    ("POST", "/api/findings/{number}/unmasked"): ("supervisor",),
    ("GET", "/api/interactions"): CLERKS_TOO,
    ("GET", "/api/interactions/{place}"): CLERKS_TOO,
    ("GET", "/api/interactions/{place}/sound"): CLERKS_TOO,
    ("POST", "/api/interactions/{place}/unmasked"): ("supervisor",),
    ("GET", "/api/learning"): LEARNS,
    ("GET", "/api/learning/gold"): ("supervisor", "administrator"),
    ("POST", "/api/learning/proposals/{number}/accept"): EDITS,
    ("POST", "/api/learning/proposals/{number}/decline"): EDITS,
    ("POST", "/api/learning/proposals/{number}/undo"): EDITS,
    ("GET", "/api/lists"): SEES_LISTS,
    ("POST", "/api/lists/changed"): EDITS,
    ("POST", "/api/lists/check"): EDITS,
    ("GET", "/api/lists/files/{file}"): SEES_LISTS,
    ("PUT", "/api/lists/files/{file}"): EDITS,
    ("GET", "/api/lists/files/{file}/differences"): SEES_LISTS,
    ("POST", "/api/lists/files/{file}/in-force"): EDITS,
    ("POST", "/api/lists/files/{file}/restored"): EDITS,
    ("POST", "/api/lists/files/{file}/taken-in"): EDITS,
    ("GET", "/api/lists/files/{file}/versions"): SEES_LISTS,
    ("GET", "/api/lists/files/{file}/versions/{number}"): SEES_LISTS,
    ("GET", "/api/lists/phrases"): SEES_LISTS,
    ("POST", "/api/lists/trials"): EDITS,
    ("DELETE", "/api/lists/trials/{number}"): EDITS,
    ("GET", "/api/lists/trials/{number}"): EDITS,
    ("GET", "/api/openapi.json"): EVERYBODY,
    ("GET", "/api/overview"): SIGNED_IN,
    ("GET", "/api/overview/export"): SIGNED_IN,
    ("GET", "/api/plans"): LOOKS,
    ("POST", "/api/plans"): ("supervisor",),
    ("DELETE", "/api/plans/{number}"): ("supervisor",),
    ("GET", "/api/reviewers"): ("supervisor",),
    ("DELETE", "/api/session"): EVERYBODY,
    ("GET", "/api/session"): SIGNED_IN,
    ("POST", "/api/session"): EVERYBODY,
    ("POST", "/api/taken"): DECIDES,
    ("GET", "/api/training"): LEARNS,
    ("DELETE", "/api/training/assignments/{number}"): ("trainer",),
    ("POST", "/api/training/certificates"): ("trainer",),
    ("DELETE", "/api/training/certificates/{number}"): ("trainer",),
    ("POST", "/api/training/classes"): ("trainer",),
    ("DELETE", "/api/training/classes/{number}"): ("trainer",),
    ("POST", "/api/training/classes/{number}/assignments"): ("trainer",),
    ("PUT", "/api/training/classes/{number}/members"): ("trainer",),
    ("GET", "/api/training/results"): LEARNS,
    ("GET", "/api/training/results/export"): LEARNS,
    ("GET", "/audit"): ("administrator",),
    ("GET", "/certificates/{number}"): SIGNED_IN,
    ("GET", "/drill"): SIGNED_IN,
    ("GET", "/training"): LEARNS,
    ("GET", "/findings"): SIGNED_IN,
    ("GET", "/findings/{number}"): SIGNED_IN,
    ("GET", "/interactions"): CLERKS_TOO,
    ("GET", "/interactions/{place}"): CLERKS_TOO,
    ("GET", "/lang/{lang}"): EVERYBODY,
    ("GET", "/overview"): SIGNED_IN,
    ("GET", "/learning"): LEARNS,
    ("GET", "/lists"): SEES_LISTS,
    ("GET", "/lists/{file}"): SEES_LISTS,
    ("GET", "/sign-in"): EVERYBODY,
    ("GET", "/static/plotly.js"): EVERYBODY,
}


@pytest.fixture(scope="module")
def desk(kept_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path_factory.mktemp("roles")) as found:
        yield found


def routes(app: FastAPI) -> set[tuple[str, str]]:
    """Return every method and address of an application, however it is put together."""
    found = set()
    for route in all_routes(app.routes):
        for method in getattr(route, "methods", None) or ():
            if method != "HEAD":
                found.add((method, route.path))
    return found


def all_routes(some: object) -> Iterator[object]:
    for route in some:
        if hasattr(route, "effective_candidates"):  # how newer versions keep what was included
            yield from route.effective_candidates()
        elif hasattr(route, "methods"):
            yield route


def let_in(desk: Desk, method: str, path: str, role: str) -> bool:
    """Tell whether somebody gets past the door; what they send is empty, and changes nothing."""
    clerk = desk.staff["clerk"].clerk
    own = desk.flag(tables.flags.c.clerk == clerk)
    address = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: VALUES.get(found[1], str(own)), path)
    client = desk.browser("" if role == "none" else role)
    body = {} if method in {"GET", "DELETE"} else {"json": {}}
    answer = client.request(method, address, follow_redirects=False, **body)
    assert answer.status_code < 500, answer.text
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
    return answer.status_code not in {401, 403} and not to_sign_in


VALUES = {"lang": "zh", "file": "thanks.toml"}


def test_every_address_stands_in_the_table_and_no_other(desk: Desk) -> None:
    there = routes(desk.app)
    assert len(there) > 10
    rows = [
        f"    {key!r}: {tuple(role for role in EVERYBODY if let_in(desk, *key, role))!r},"
        for key in sorted(there - TABLE.keys(), key=lambda key: (key[1], key[0]))
    ]
    assert not rows, "not in the table yet:\n" + "\n".join(rows).replace("'", '"')
    assert not TABLE.keys() - there, "in the table, and not there"


@pytest.mark.parametrize(("method", "path"), TABLE, ids=str)
def test_each_role_gets_in_where_it_may_and_nowhere_else(
    desk: Desk, method: str, path: str
) -> None:
    may = TABLE[method, path]
    found = {role: let_in(desk, method, path, role) for role in EVERYBODY}
    assert found == {role: role in may for role in EVERYBODY}
