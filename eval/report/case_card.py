"""A failed case → HTML: the question, then answer, cited words and gold side by side."""

from html import escape

from eval.metrics.gold import meets, places_of, shown
from eval.types import Gold, Observed, Outcome, Place
from rag.types import Citation


def case_card(outcome: Outcome) -> str:
    """Return the card of one case; every word in it is escaped."""
    seen = outcome.observed
    turns = "".join(
        f"<p>{escape(turn.question)}{f' — {escape(turn.answer)}' if turn.answer else ''}</p>"
        for turn in seen.case.history
    )
    earlier = f'<div class="earlier">{turns}</div>' if turns else ""
    return (
        f'<article class="case" id="{escape(seen.case.id)}"><header><b>{escape(seen.case.id)}</b>'
        f"<span>{escape(seen.case.kind)}</span>"
        f'<span class="fails">{escape(seen.error or ", ".join(outcome.failures))}</span></header>'
        f'{earlier}<p class="question">{escape(seen.case.question)}</p><div class="columns">'
        f"<div><h4>Answer</h4>{_answer(seen)}</div><div><h4>Cited words</h4>{_cited(seen)}</div>"
        f"<div><h4>Gold</h4>{_gold(seen)}</div></div></article>"
    )


def _answer(seen: Observed) -> str:
    answer = seen.answer
    understood = (
        answer.standalone_question if answer.standalone_question != seen.case.question else None
    )
    asked = f'<p class="lead">understood as: {escape(understood)}</p>' if understood else ""
    reason = f"<p>{escape(answer.reason)}</p>" if answer.reason else ""
    spoken = "".join(
        f'<p><span class="lead">{escape(s.lead)}</span>{escape(s.text)}</p>'
        for s in answer.sentences
    )
    sure = f" · confidence {answer.confidence:.2f}" if answer.confidence is not None else ""
    return (
        f'<p><span class="status">{escape(answer.status)}{sure}</span></p>{asked}{reason}{spoken}'
    )


def _cited(seen: Observed) -> str:
    citations = "".join(_citation(citation, seen) for citation in seen.answer.citations)
    nearest = "".join(_citation(citation, seen) for citation in seen.answer.nearest)
    listed = (
        f"<details><summary>Nearest ({len(seen.answer.nearest)})</summary>{nearest}</details>"
        if nearest
        else ""
    )
    return f"{citations or '<p>Nothing cited.</p>'}{listed}"


def _citation(citation: Citation, seen: Observed) -> str:
    hit = any(meets(places_of([citation]), item) for item in seen.case.evidence)
    place = f"[{citation.number}] {citation.source.id}, {citation.locator}"
    return f'<blockquote class="{"met" if hit else ""}">{escape(citation.quote)}<cite>{escape(place)}</cite></blockquote>'


def _gold(seen: Observed) -> str:
    cited = places_of(shown(seen.answer))
    items = "".join(_item(item, meets(cited, item), seen) for item in seen.case.evidence)
    said = "".join(f"<p>must say <code>{escape(pattern)}</code></p>" for pattern in seen.case.says)
    unsaid = "".join(
        f"<p>must not say <code>{escape(pattern)}</code></p>" for pattern in seen.case.never_says
    )
    return f"{items or '<p>No gold: the corpus does not answer this.</p>'}{said}{unsaid}"


def _item(item: Gold, met: bool, seen: Observed) -> str:
    first, *others = (_words(span, seen) for span in item.spans)
    more = (
        f'<details class="or"><summary>or one of {len(others)} more</summary>{"".join(others)}</details>'
        if others
        else ""
    )
    return f'<blockquote class="{"met" if met else "missed"}">{first}{more}</blockquote>'


def _words(span: Place, seen: Observed) -> str:
    words = seen.corpus.body(span.source_id)[span.start : span.end]
    return f"<div>{escape(words)}<cite>{escape(span.source_id)}</cite></div>"
