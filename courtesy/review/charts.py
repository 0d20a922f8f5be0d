"""Plotly's script, served from its own package: nothing is fetched from another site."""

import functools
import re
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from courtesy.errors import InputError
from courtesy.messages import Text

router = APIRouter(include_in_schema=False)

_SCRIPT: Final = "plotly.min.js"
# How the script looks whether a stylesheet of its own is there already, before it puts one in.
_OWN: Final = re.compile(r'createElement\("style"\);\w+\.id="([0-9a-f]{16,64})"')


@router.get("/static/plotly.js")
def script() -> Response:
    """Give the script.

    Raises:
        InputError: Plotly is not installed.
    """
    # Another version has another address: `version` is in it.
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return FileResponse(str(_file()), media_type="text/javascript", headers=headers)


@functools.cache
def version() -> str:
    """Return which Plotly that is."""
    return metadata.version("plotly")


@functools.cache
def own_styles() -> tuple[str, ...]:
    """Return the ids of the stylesheets that the script would put into a page.

    Our policy allows none that stands in a page itself. Where something of that id is there, the
    script leaves it out; they are for maps, which the overview has none of.
    """
    return tuple(_OWN.findall(_file().read_text(encoding="utf-8")))


def _file() -> Traversable:
    try:
        return resources.files("plotly") / "package_data" / _SCRIPT
    except ModuleNotFoundError as error:
        raise InputError(
            Text(
                "没有安装 plotly，不能画图。请运行 pip install 'courtesy[review]'。",
                "plotly is not installed, and nothing can be drawn. "
                "Run pip install 'courtesy[review]'.",
            )
        ) from error
