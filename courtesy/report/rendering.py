"""Templates and style sheets that lie in a package beside the code that fills them."""

import functools
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


@functools.cache
def template(package: str, name: str) -> "Template":
    """Return a template from a package's folder `templates`."""
    from jinja2 import Environment, StrictUndefined

    # StrictUndefined: a word that is missing in one language must fail here and not show as empty.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(resource(package, name))


@functools.cache
def resource(package: str, name: str) -> str:
    """Return a text from a package's folder `templates`."""
    place = resources.files(package) / "templates" / name
    return place.read_text(encoding="utf-8")
