"""Interactions that count otherwise than the program judged them, since people decided so.

The program's own result stays as it is. What a finding took is given back where it does not count,
and nobody else's finding takes more for it: no decision makes anybody worse off.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from courtesy.collected import gravest
from courtesy.messages import Text
from courtesy.records import Scale, Verdict
from courtesy.reviews import NOT_COUNTED, State
from courtesy.store import tables, verdicts

_interactions, _findings = tables.interactions.c, tables.findings.c
_amended, _flags, _results = tables.amended.c, tables.flags.c, tables.results.c

_USUAL: Final = Scale(100.0)  # where earlier results do not say
_MANY: Final = 300  # rows a statement names


def amend(connection: sa.Connection, result: int, interactions: Iterable[int]) -> None:
    """Let some interactions of a result count as people decided."""
    wanted = sorted(set(interactions))
    struck = _struck(connection, result, wanted)
    own = _amended.result_id == result
    connection.execute(sa.delete(tables.amended).where(own, _amended.interaction.in_(wanted)))
    if not struck:
        return
    rules, scale = _rules_and_scale(connection, result)
    usual = scale or _USUAL
    rows = connection.execute(
        sa.select(_interactions.number, _interactions.score).where(
            _interactions.result_id == result, _interactions.number.in_(list(struck))
        )
    )
    for number, score in rows.all():
        values = _judged(connection, result, number, struck[number], rules)
        new = None if score is None else usual.score(values["points"])
        grade = None if new is None else usual.grade(new)
        connection.execute(
            sa.insert(tables.amended).values(
                result_id=result,
                interaction=number,
                verdicts=values["verdicts"],
                score=new,
                grade_zh=grade and grade.zh,
                grade_en=grade and grade.en,
            )
        )


def amended(
    connection: sa.Connection, results: Sequence[int]
) -> dict[tuple[int, int], tuple[str, float | None, str | None, str | None]]:
    """Return what counts in place of the program's verdicts, score and grade, by interaction."""
    found = {}
    for at in range(0, len(results), _MANY):
        rows = connection.execute(
            sa.select(tables.amended).where(_amended.result_id.in_(results[at : at + _MANY]))
        )
        for result, number, *values in rows:
            found[result, number] = tuple(values)
    return found


def struck_findings(connection: sa.Connection, results: Sequence[int]) -> set[tuple[int, int, int]]:
    """Return the findings that do not count: result, interaction and number."""
    found = set()
    for at in range(0, len(results), _MANY):
        rows = connection.execute(
            sa.select(_flags.result_id, _flags.interaction, _flags.finding).where(
                _flags.result_id.in_(results[at : at + _MANY]), _flags.state.in_(NOT_COUNTED)
            )
        )
        found |= {tuple(row) for row in rows}
    return found


def _struck(
    connection: sa.Connection, result: int, interactions: Sequence[int]
) -> dict[int, dict[int, State]]:
    """Return the findings that do not count, with what people made of them, by interaction."""
    found: dict[int, dict[int, State]] = defaultdict(dict)
    rows = connection.execute(
        sa.select(_flags.interaction, _flags.finding, _flags.state).where(
            _flags.result_id == result,
            _flags.interaction.in_(interactions),
            _flags.state.in_(NOT_COUNTED),
        )
    )
    for interaction, finding, state in rows:
        found[interaction][finding] = state
    return found


def _rules_and_scale(connection: sa.Connection, result: int) -> tuple[list[str], Scale | None]:
    row = connection.execute(
        sa.select(_results.rules, tables.versions.c.scale)
        .select_from(tables.results.join(tables.versions))
        .where(_results.id == result)
    ).one()
    return row.rules, scale_of(row.scale)


def _judged(
    connection: sa.Connection,
    result: int,
    interaction: int,
    struck: Mapping[int, State],
    rules: Sequence[str],
) -> dict[str, Any]:
    rows = connection.execute(
        sa.select(_findings.number, _findings.rule, _findings.verdict, _findings.points).where(
            _findings.result_id == result, _findings.interaction == interaction
        )
    )
    points, told = 0.0, []
    for number, rule, verdict, cost in rows:
        state = struck.get(number)
        told.append((rule, _verdict(verdict, state)))
        points += 0.0 if state else cost
    return {"verdicts": verdicts.written(gravest(told), rules), "points": points}


def _verdict(verdict: Verdict, state: State | None) -> Verdict:
    if state is None:
        return verdict
    return "pass" if state == "rejected" else "unsure"


def scale_of(kept: Any) -> Scale | None:
    """Return the scale of a row; None where it was not kept."""
    if not kept:
        return None
    return Scale(kept["base"], tuple((least, Text(zh, en)) for least, zh, en in kept["grades"]))


def scale_row(scale: Scale) -> dict[str, Any]:
    """Return a scale as it is kept."""
    grades = [[least, title.zh, title.en] for least, title in scale.grades]
    return {"base": scale.base, "grades": grades}
