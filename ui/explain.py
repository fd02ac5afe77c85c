"""An answer's explanation → tables for a terminal.

They show what every ranking gave to the hits, and what the decision was made of.
"""

from collections.abc import Iterable
from textwrap import shorten

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from rag.chain import Explanation
from rag.decide.answerable import read_regressions
from rag.models.logistic import Logistic
from rag.types import Decision, Hit, of_voice

PARTS = ("dense", "bm25", "fused", "sentence", "paragraph", "answers", "span")
SHOWN = 90  # characters of a passage
UNMEASURED = "Nothing was estimated: the question is about the corpus itself."


def explained(explanation: Explanation) -> tuple[RenderableType, ...]:
    """Return the tables: the hits of each voice as ranked, then the decision and its features."""
    hits = explanation.hits
    voices = {"Main texts": of_voice(hits, "main"), "Sources": of_voice(hits, "sources")}
    rankings = [_ranking(title, in_voice) for title, in_voice in voices.items() if in_voice]
    decision = explanation.decision
    if not decision.features:
        return (*rankings, Text(f"Decision: {decision.status}. {decision.reason or UNMEASURED}"))
    return (*rankings, _features(decision, read_regressions().of(decision.features)))


def _ranking(title: str, hits: Iterable[Hit]) -> Table:
    """Return the table of hits, in their order.

    Its columns are the cosine, BM25, both fused, the logits of reranker and reader, and the score
    that they make.
    """
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("#", "score", *PARTS):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("passage")
    for rank, hit in enumerate(hits, 1):
        words = shorten(hit.passage.text, SHOWN, placeholder=" …")
        numbers = [_number(value) for value in (hit.score, *map(hit.parts.get, PARTS))]
        table.add_row(str(rank), *numbers, Text(f"{hit.source.id}, {hit.passage.locator}: {words}"))
    return table


def _features(decision: Decision, model: Logistic) -> Table:
    """Return the table of what each feature adds to the log-odds that the corpus answers."""
    table = Table(
        title=f"Decision: {decision.status}", box=SIMPLE_HEAD, caption=_outcome(decision, model)
    )
    for name in ("feature", "value", "weight", "adds"):
        table.add_column(name, justify="left" if name == "feature" else "right")
    table.add_row("intercept", "", "", _number(model.intercept))
    for name, value in decision.features.items():
        weight = model.weights.get(name)
        added = None if weight is None else weight * value
        table.add_row(name, _number(value), _number(weight), _number(added))
    return table


def _outcome(decision: Decision, model: Logistic) -> str:
    """Return the confidence that the sum stands for, and the thresholds it is held against.

    Where the decision is not the sum's alone, the text says why.
    """
    estimated = model.probability(decision.features)
    confidence = decision.confidence or 0.0
    refuse, partly = model.thresholds["refuse"], model.thresholds["partly"]
    lines = [f"confidence {estimated:.3f}, refused below {refuse:.3f}, partly below {partly:.3f}"]
    if confidence != estimated:
        lines.append(
            f"taken for {confidence:.3f}: the question and the passages are about different things"
        )
    if decision.reason:
        lines.append(decision.reason)
    return escape("\n".join(lines))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value + 0.0:.2f}"  # no minus zero
