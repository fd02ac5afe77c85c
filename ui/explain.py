"""An answer's explanation → tables: what every ranking gave to the hits, and what the decision was made of."""

from collections.abc import Iterable
from textwrap import shorten

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from rag.decide.answerable import Model, read_models
from rag.types import Decision, Explanation, Hit

PARTS = ("dense", "bm25", "fused", "sentence", "paragraph", "answers", "span")
SHOWN = 90  # characters of a passage
UNMEASURED = "Nothing was estimated: the question is about the corpus itself."


def explained(explanation: Explanation) -> tuple[RenderableType, ...]:
    """Return the tables: the hits of each voice as they were ranked, the decision and what each feature added to it."""
    main = [hit for hit in explanation.hits if hit.source.voice == "main"]
    notes = [hit for hit in explanation.hits if hit.source.voice != "main"]
    rankings = [
        _ranking(title, hits) for title, hits in (("Main texts", main), ("Sources", notes)) if hits
    ]
    decision = explanation.decision
    if not decision.features:
        return (*rankings, Text(f"Decision: {decision.status}. {decision.reason or UNMEASURED}"))
    return (*rankings, _features(decision, read_models().of(decision.features)))


def _ranking(title: str, hits: Iterable[Hit]) -> Table:
    """Return the table of hits: cosine, BM25, both fused, the logits of reranker and reader, and the score they make."""
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("#", "score", *PARTS):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("passage")
    for rank, hit in enumerate(hits, 1):
        words = shorten(hit.passage.text, SHOWN, placeholder=" …")
        numbers = [_number(value) for value in (hit.score, *map(hit.parts.get, PARTS))]
        table.add_row(str(rank), *numbers, Text(f"{hit.source.id}, {hit.passage.locator}: {words}"))
    return table


def _features(decision: Decision, model: Model) -> Table:
    """Return the table of what each feature adds to the log-odds that the corpus answers."""
    table = Table(
        title=f"Decision: {decision.status}", box=SIMPLE_HEAD, caption=_outcome(decision, model)
    )
    for name in ("feature", "value", "weight", "adds"):
        table.add_column(name, justify="left" if name == "feature" else "right")
    table.add_row("intercept", "", "", _number(model.intercept))
    for name, value in decision.features.items():
        weight = model.weights.get(name)
        adds = _number(None if weight is None else weight * value)
        table.add_row(name, _number(value), _number(weight), adds)
    return table


def _outcome(decision: Decision, model: Model) -> str:
    """Return the confidence that the sum stands for, the threshold, and why the decision is not the sum's alone."""
    estimated, confidence = model.probability(decision.features), decision.confidence or 0.0
    lines = [
        f"confidence {estimated:.3f}, refused below {model.refuse:.3f}, partly below {model.partly:.3f}"
    ]
    if confidence != estimated:
        lines.append(
            f"taken for {confidence:.3f}: the question and the passages are about different things"
        )
    return escape("\n".join([*lines, *filter(None, [decision.reason])]))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value + 0.0:.2f}"  # no minus zero
