"""Templates and style sheets that lie in a package beside the code that fills them."""

import functools
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def template(package: str, name: str) -> "Template":
    """Return a template from a package's folder `templates`; it may extend others beside it."""
    return _environment(package).get_template(name)


@functools.cache
def _environment(package: str) -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # StrictUndefined: a word that is missing in one language must fail here and not show as empty.
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@functools.cache
def resource(package: str, name: str) -> str:
    """Return a text from a package's folder `templates`."""
    place = resources.files(package) / "templates" / name
    return place.read_text(encoding="utf-8")
