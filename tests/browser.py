"""A page as a browser lays it out, without a window, a network or a profile of its own."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# A browser has no window as narrow as a telephone; a frame in it may be.
_FRAME = """<!DOCTYPE html><html><body style="margin:0"><iframe id="f" src="{page}"
style="border:0;width:{width}px;height:{height}px"></iframe><pre id="told"></pre><script>
document.getElementById("f").onload = () => {{
  const page = document.getElementById("f").contentDocument, wide = [];
  for (const one of page.querySelectorAll("body *"))
    if (!one.closest(".scroll, svg") && one.getBoundingClientRect().right > {width} + 1)
      wide.push(one.tagName + "." + one.className);
  const root = page.documentElement;
  document.getElementById("told").textContent =
    JSON.stringify({{"width": root.scrollWidth, "height": root.scrollHeight, "wide": wide}});
}};
</script></body></html>"""


def browser() -> str | None:
    """Return the browser; None where none is installed."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def laid_out(page: Path, width: int) -> dict:
    """Return how wide and high a page becomes, and what in it is too wide."""
    frame = page.with_suffix(f".{width}.frame.html")
    frame.write_text(_FRAME.format(page=page.as_uri(), width=width, height=3000), encoding="utf-8")
    dom = _run(page, "--virtual-time-budget=5000", "--dump-dom", frame.as_uri())
    told = re.search(r'<pre id="told">(.*?)</pre>', dom, re.DOTALL)
    assert told, dom
    return json.loads(html.unescape(told[1]))


def screenshot(page: Path, width: int, file: Path) -> None:
    """Take a picture of a page in a frame of that width."""
    frame = page.with_suffix(f".{width}.frame.html")
    frame.write_text(_FRAME.format(page=page.as_uri(), width=width, height=2400), encoding="utf-8")
    size = f"--window-size={max(width, 500)},2400"
    _run(page, size, "--hide-scrollbars", f"--screenshot={file}", frame.as_uri())


def printed(page: Path, file: Path) -> None:
    """Print a page on paper."""
    _run(page, "--no-pdf-header-footer", f"--print-to-pdf={file}", page.as_uri())


def _run(page: Path, *arguments: str) -> str:
    found = browser()
    assert found
    command = [
        found, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        f"--user-data-dir={page.parent / 'profile'}", *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)
    return done.stdout
