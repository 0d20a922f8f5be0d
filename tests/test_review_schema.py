"""The desk keeps to its own description, whatever is sent to it (schemathesis)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from desks import HERE, Desk, desk_of
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from courtesy.review.access import COOKIE

# Requests to an endpoint that keep to the description, and that do not.
GOOD, BAD = 6, 4
KNOWN = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def desk(kept_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path_factory.mktemp("schema")) as found:
        yield found


def send(desk: Desk, role: str, operation: APIOperation, mode: GenerationMode, many: int) -> int:
    """Send requests to an endpoint, half of them about a flag that is there; return how many."""
    token, there, sent = desk.token(role), desk.flag(), 0

    @settings(KNOWN, max_examples=many)
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Case) -> None:
        nonlocal sent
        sent += 1
        if sent % 2 and "number" in case.path_parameters:
            case.path_parameters["number"] = there
        # Statuses, content types, headers and bodies are those that the description tells of.
        case.call_and_validate(headers=HERE, cookies={COOKIE: token})

    call()
    return sent


@pytest.mark.parametrize("role", ["reviewer", "clerk", "supervisor", "administrator"])
def test_every_answer_is_one_that_the_description_tells_of(desk: Desk, role: str) -> None:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", desk.app)
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) > 10
    for operation in operations:
        assert send(desk, role, operation, GenerationMode.POSITIVE, GOOD)
        if list(operation.iter_parameters()) or operation.body:
            assert send(desk, role, operation, GenerationMode.NEGATIVE, BAD)
