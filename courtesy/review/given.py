"""What people send, as every endpoint takes it."""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

Number = Annotated[int, Field(ge=1, le=2**53)]  # of a row; JSON counts no further for certain

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written(value: Any) -> Any:
    # Pydantic would take a number for seconds since 1970.
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("date_parsing", "must be a date such as 2026-11-01")
    return value


Day = Annotated[date, BeforeValidator(_written)]  # as people write it in an address


class Given(BaseModel):
    """What is sent: nothing that is not known, and no U+0000, which PostgreSQL keeps in no text."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _replaced(cls, value: Any) -> Any:
        return value.replace("\0", "\ufffd") if isinstance(value, str) else value
