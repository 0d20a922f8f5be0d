"""Many rows at once, in the quickest way that each database has."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event

from courtesy.store import tables

# The driver that streams rows to PostgreSQL, several times as fast as it inserts them.
_STREAMS: Final = "psycopg"
# Marks a statement whose rows are streamed, with the types that they are sent as.
_TYPES: Final = "courtesy_types"


def insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows.

    SQLAlchemy would put the parameters of each row together anew, which takes longer than all that
    the database does with them; here its types are asked once, and go through whole columns.

    Args:
        connection: to write on.
        table: into which.
        rows: a value for each of its columns, in its order.
    """
    columns = list(zip(*rows, strict=True))
    if not columns:
        return
    dialect = connection.dialect
    for at, column in enumerate(table.columns):
        if make := _maker(column, dialect):
            columns[at] = tuple(map(make, columns[at]))
    many = list(zip(*columns, strict=True))
    quoted = dialect.identifier_preparer
    where = f"{quoted.format_table(table)} ({', '.join(map(quoted.quote, table.columns.keys()))})"
    if dialect.driver == _STREAMS and len(many) > 1:
        options = {_TYPES: [_sent_as(column.type) for column in table.columns]}
        statement = f"COPY {where} FROM STDIN (FORMAT BINARY)"
        connection.exec_driver_sql(statement, many, execution_options=options)
        return
    marks = ", ".join("?" if dialect.paramstyle == "qmark" else "%s" for _ in columns)
    connection.exec_driver_sql(f"INSERT INTO {where} VALUES ({marks})", many)


def prepare(engine: sa.Engine) -> None:
    """Have the rows of an engine's statements streamed where `insert` asks for it."""
    if engine.dialect.driver == _STREAMS:
        event.listen(engine, "do_executemany", _stream)


def _stream(cursor: Any, statement: str, rows: Iterable[Any], context: Any) -> bool:
    """Stream rows; tell whether that was asked for. Its errors are said as any statement's are."""
    types = context.execution_options.get(_TYPES)
    if types is None:
        return False
    with cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
    return True


def _maker(column: sa.Column[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """Return what makes a value fit for the driver; None where every value is."""
    if isinstance(column.type, tables.Words):
        return tables.fit
    if isinstance(column.type, sa.JSON):
        return _json
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _json(value: object) -> str:
    return "null" if value is None else _encode(value)


# Unlike `json.dumps` it does not look at its options again for each of so many values.
_encode = json.JSONEncoder().encode


def _sent_as(kind: sa.types.TypeEngine[Any]) -> str:
    """Return PostgreSQL's name of a type; JSON is sent as the text it is."""
    return next((name for known, name in _NAMES.items() if isinstance(kind, known)), "text")


_NAMES: Final[dict[type[sa.types.TypeEngine[Any]], str]] = {
    sa.BigInteger: "int8",
    sa.Integer: "int4",
    sa.Float: "float8",
    sa.Boolean: "bool",
    sa.DateTime: "timestamp",
    sa.Date: "date",
}
