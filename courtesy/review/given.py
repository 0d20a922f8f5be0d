"""What people send, as every endpoint takes it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

Number = Annotated[int, Field(ge=1, le=2**53)]  # of a row; JSON counts no further for certain


class Given(BaseModel):
    """What is sent: nothing that is not known, and no U+0000, which PostgreSQL keeps in no text."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _replaced(cls, value: Any) -> Any:
        return value.replace("\0", "\ufffd") if isinstance(value, str) else value
