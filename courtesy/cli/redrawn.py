"""What stands on a terminal and is drawn again and again while something goes on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live


class Redrawn:
    """A context in which it stands there; nothing does where that is no terminal."""

    def __init__(
        self,
        console: "Console",
        draw: "Callable[[], RenderableType]",
        *,
        shown: bool,
        a_second: float,
        **how: Any,
    ) -> None:
        """Take what is drawn.

        Args:
            console: where.
            draw: makes it anew.
            shown: whether there is a terminal to draw on.
            a_second: how often.
            how: what else `rich.live.Live` takes.
        """
        self._console = console
        self._draw = draw
        self._shown = shown
        self._how = {"refresh_per_second": a_second, **how}
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Show it."""
        from rich.live import Live

        if self._shown:
            # It draws at once, so it is not made before all is there that is drawn.
            self._live = Live(console=self._console, get_renderable=self._draw, **self._how)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away again."""
        if self._live:
            self._live.stop()
