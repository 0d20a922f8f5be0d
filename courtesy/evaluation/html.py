"""An evaluation as one page that needs nothing else: no network, no script, no other file."""

from courtesy.evaluation.evaluation import Evaluation
from courtesy.evaluation.plots import plots
from courtesy.evaluation.sections import Section, made_by
from courtesy.evaluation.words import words
from courtesy.messages import Lang
from courtesy.report.plain import clean, visible
from courtesy.report.rendering import resource, template

_PACKAGE = "courtesy.evaluation"


def to_html(evaluation: Evaluation, parts: tuple[Section, ...], lang: Lang) -> str:
    """Return a whole page.

    Args:
        evaluation: what is drawn.
        parts: what `sections` made of it.
        lang: of all but what was said.
    """
    page = template(_PACKAGE, "eval.html.j2").render(
        lang=lang,
        w=words(lang),
        style=resource(_PACKAGE, "eval.css"),
        parts=parts,
        plots=plots(evaluation, lang),
        made_by=made_by(evaluation, lang),
        visible=visible,
    )
    return clean(page)
