"""What is asked for and told about lists."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from courtesy.lists import bounds, changing
from courtesy.review.given import Given


def _short(text: str) -> str:
    if len(text) > bounds.LONGEST:
        told = "may have {max_length} characters at most"
        raise PydanticCustomError("string_too_long", told, {"max_length": bounds.LONGEST})
    return text


# Not declared: who tries the description out would send texts as large as whole requests may be.
_Text = Annotated[str, AfterValidator(_short)]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1)]
_Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Sought(Given):
    """Which phrases are asked for."""

    search: Annotated[str, Field(max_length=200)] = ""
    file: Annotated[str, Field(max_length=100)] = ""
    severity: Literal["", "minor", "serious", "fatal"] = ""
    after: Annotated[int, Field(ge=0, le=100_000)] = 0


class Draft(Given):
    """A text that is to be checked."""

    file: Annotated[str, Field(max_length=100)]
    text: _Text


class Changed(Draft):
    """A phrase of a text that is to be changed; the text is given back and not kept."""

    phrase: Annotated[str, Field(max_length=200)]
    key: changing.Key | None = None
    add: Annotated[list[_Said], Field(default_factory=list, max_length=50)]
    drop: Annotated[list[_Said], Field(default_factory=list, max_length=50)]
    severity: changing.Severity | None = None


class Saved(Given):
    """A text that is to be kept, over the newest version that its author has seen."""

    text: _Text
    revision: Revision
    why: _Why = ""


class Restored(Given):
    """An earlier version that is to be the newest one again."""

    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    revision: Revision
    why: _Why = ""


class Taken(Given):
    """The newest version, which is to take effect."""

    revision: Revision
    why: Annotated[_Why, Field(min_length=1)]


class Told(BaseModel):
    """What the linter says of a place in a text."""

    line: int
    level: Literal["error", "warning"]
    entry: str
    message: str
    file: str


class Checked(BaseModel):
    """What the linter says of a text, and whether it may take effect."""

    passes: bool
    found: list[Told]


class Written(BaseModel):
    """A text."""

    text: str
