"""Phrases and scenarios as one page to print, for people without a screen."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from courtesy.drill.scenarios import SITUATIONS, Scenario, Step, alternatives
from courtesy.lexicon import Lexicon
from courtesy.messages import Lang, Text
from courtesy.report.rendering import resource, template

_WORDS = {
    "title": Text("文明用语练习手册", "Courtesy practice booklet"),
    "phrases": Text("说法", "Phrases"),
    "forbidden": Text("不能说", "Never say"),
    "scenarios": Text("情景", "Scenarios"),
    "customer": Text("群众", "Customer"),
    "model": Text("示范回答", "Model answer"),
    "wanted": Text("要说到", "Say"),
    "never": Text("别说", "Never"),
    "better": Text("换个说法", "Better"),
    "sources": Text("出处", "Sources"),
    "ours": Text("本项目补充", "added by this project"),
}


def booklet(scenarios: Sequence[Scenario], lexicon: Lexicon, lang: Lang) -> str:
    """Return the whole page as HTML; it loads nothing from anywhere.

    Args:
        scenarios: in the order in which they are printed.
        lexicon: whose phrases the steps refer to.
        lang: of all but what is said.
    """
    style = resource(__package__, "booklet.css")
    return template(__package__, "booklet.html.j2").render(
        lang=lang,
        style=style,
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        w={name: text.say(lang) for name, text in _WORDS.items()},
        lists=[_list(name, title, lexicon, lang) for name, title in lexicon.titles.items()],
        scenarios=[_scenario(one, lexicon, lang) for one in scenarios],
    )


def _list(name: str, title: Text, lexicon: Lexicon, lang: Lang) -> dict[str, Any]:
    phrases = [p for p in lexicon.phrases if p.list == name]
    return {
        "title": title.say(lang),
        "forbidden": any(p.polarity == "forbidden" for p in phrases),
        "phrases": [{"text": p.text, "sources": _sources(p.sources, lang)} for p in phrases],
    }


def _sources(sources: Iterable[str], lang: Lang) -> str:
    ours = _WORDS["ours"].say(lang)
    return "; ".join(ours if one == "ours" else one for one in sources)


def _scenario(scenario: Scenario, lexicon: Lexicon, lang: Lang) -> dict[str, Any]:
    return {
        "name": scenario.name.say(lang),
        "window": scenario.window.say(lang),
        "situation": SITUATIONS[scenario.situation].say(lang),
        "sources": _sources(scenario.sources, lang),
        "steps": [_step(step, lexicon, lang) for step in scenario.steps],
    }


def _step(step: Step, lexicon: Lexicon, lang: Lang) -> dict[str, Any]:
    return {
        "customer": step.customer,
        "model": step.model,
        "wanted": [requirement_shown(ref, lexicon).say(lang) for ref in step.require],
        "never": [phrase.text for ref in step.tempt if (phrase := lexicon.get(ref))],
        "better": [(one.said, one.say) for one in step.better],
    }


def requirement_shown(ref: str, lexicon: Lexicon) -> Text:
    """Return a requirement as people read it: titles of lists, phrases in quotes."""
    shown = []
    for name in alternatives(ref):
        phrase = lexicon.get(name)
        quoted = f"“{phrase.text if phrase else name}”"
        shown.append(lexicon.titles.get(name) or Text(quoted, quoted))
    return Text(" 或 ".join(t.zh for t in shown), " or ".join(t.en for t in shown))
