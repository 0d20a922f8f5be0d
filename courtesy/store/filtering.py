"""Filters of the queue that people keep under a name."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from courtesy.errors import ReviewError
from courtesy.messages import Text
from courtesy.store import tables
from courtesy.store.accounts import Account

_filters = tables.filters.c
MOST: Final = 50  # of one person


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody asks for again and again.

    Attributes:
        id: its row.
        name: as its owner calls it.
        query: of the address of the queue's page, for example "state=waiting&rule=forbidden".
    """

    id: int
    name: str
    query: str


def kept(connection: sa.Connection, account: Account) -> tuple[Filter, ...]:
    """Return somebody's filters, by name."""
    rows = connection.execute(
        sa.select(_filters.id, _filters.name, _filters.query)
        .where(_filters.account_id == account.id)
        .order_by(_filters.name)
    )
    return tuple(Filter(*row) for row in rows)


def keep(connection: sa.Connection, account: Account, name: str, query: str) -> Filter:
    """Keep a filter; one of the same name is replaced.

    Raises:
        ReviewError: its owner has too many.
    """
    own = sa.and_(_filters.account_id == account.id, _filters.name == name)
    number = connection.scalar(
        sa.update(tables.filters).where(own).values(query=query).returning(_filters.id)
    )
    if number is None:
        if len(kept(connection, account)) >= MOST:
            raise ReviewError(
                Text(
                    f"已存了 {MOST} 个筛选。请先删掉用不着的。",
                    f"There are {MOST} filters already. Delete those that are of no more use.",
                )
            )
        values = {"account_id": account.id, "name": name, "query": query}
        number = connection.scalar(
            sa.insert(tables.filters).values(**values).returning(_filters.id)
        )
    assert isinstance(number, int)
    return Filter(number, name, query)


def drop(connection: sa.Connection, account: Account, number: int) -> bool:
    """Delete one of somebody's own filters; return whether there was one."""
    own = sa.and_(_filters.account_id == account.id, _filters.id == number)
    return connection.execute(sa.delete(tables.filters).where(own)).rowcount > 0
