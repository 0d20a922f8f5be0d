"""What the program says to people: every message is written whole in Chinese and in English.

A message is a `Text`, so one language cannot be forgotten, and which one is shown is decided where
it is shown, never where it is made.
"""

import locale
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
LANG_VARIABLE = "COURTESY_LANG"


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages.

    Attributes:
        zh: the Chinese sentence, simplified script.
        en: the English sentence.
    """

    zh: str
    en: str

    def say(self, lang: Lang) -> str:
        """Return the sentence in `lang`."""
        return self.zh if lang == "zh" else self.en

    def __add__(self, other: "Text") -> "Text":
        """Join two messages; English gets a space between them."""
        return Text(self.zh + other.zh, f"{self.en} {other.en}".strip())


def choose_language(argv: Sequence[str] = ()) -> Lang:
    """Decide the language before anything is parsed, so that help and errors follow it too.

    The order is `--lang` among the arguments, the variable `COURTESY_LANG`, the locale, English.

    Args:
        argv: the command line without the program's name.
    """
    wanted = _language_option(argv) or os.environ.get(LANG_VARIABLE, "")
    for lang in LANGUAGES:
        if wanted.lower().startswith(lang):
            return lang
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    # Windows has none of these; there the locale module knows "Chinese (Simplified)_China".
    name = (locale.getlocale()[0] or "").lower()
    return "zh" if name.startswith(("zh", "chinese")) else "en"


def _language_option(argv: Sequence[str]) -> str:
    for i, word in enumerate(argv):
        if word == "--lang" and i + 1 < len(argv):
            return argv[i + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return ""
