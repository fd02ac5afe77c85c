"""A failed case → HTML: the question, then answer, cited words and gold side by side."""

from collections.abc import Iterable
from html import escape

from eval.metrics.gold import meets, places_of, shown
from eval.types import Gold, Observed, Outcome
from ingest.types import Place
from rag.types import Citation


def case_card(outcome: Outcome) -> str:
    """Return the card of one case; every word in it is escaped."""
    seen = outcome.observed
    case_id = escape(seen.case.id)
    fails = escape(seen.error or ", ".join(outcome.failures))
    return (
        f'<article class="case" id="{case_id}"><header><b>{case_id}</b>'
        f"<span>{escape(seen.case.kind)}</span>"
        f'<span class="fails">{fails}</span></header>'
        f'{_earlier(seen)}<p class="question">{escape(seen.case.question)}</p>'
        f'<div class="columns"><div><h4>Answer</h4>{_answer(seen)}</div>'
        f"<div><h4>Cited words</h4>{_cited(seen)}</div>"
        f"<div><h4>Gold</h4>{_gold(seen)}</div></div></article>"
    )


def _earlier(seen: Observed) -> str:
    turns = ""
    for turn in seen.case.history:
        answer = f" — {escape(turn.answer)}" if turn.answer else ""
        turns += f"<p>{escape(turn.question)}{answer}</p>"
    return f'<div class="earlier">{turns}</div>' if turns else ""


def _answer(seen: Observed) -> str:
    answer = seen.answer
    sure = "" if answer.confidence is None else f" · confidence {answer.confidence:.2f}"
    understood = answer.standalone_question
    asked = ""
    if understood and understood != seen.case.question:
        asked = f'<p class="lead">understood as: {escape(understood)}</p>'
    reason = f"<p>{escape(answer.reason)}</p>" if answer.reason else ""
    spoken = "".join(
        f'<p><span class="lead">{escape(sentence.intro)}</span>{escape(sentence.text)}</p>'
        for sentence in answer.sentences
    )
    status = f'<p><span class="status">{escape(answer.status)}{sure}</span></p>'
    return f"{status}{asked}{reason}{spoken}"


def _cited(seen: Observed) -> str:
    citations = _citations(seen.answer.citations, seen) or "<p>Nothing cited.</p>"
    nearest = _citations(seen.answer.nearest, seen)
    if not nearest:
        return citations
    summary = f"<summary>Nearest ({len(seen.answer.nearest)})</summary>"
    return f"{citations}<details>{summary}{nearest}</details>"


def _citations(citations: Iterable[Citation], seen: Observed) -> str:
    return "".join(_citation(citation, seen) for citation in citations)


def _citation(citation: Citation, seen: Observed) -> str:
    met = any(meets(places_of([citation]), item) for item in seen.case.evidence)
    place = escape(f"[{citation.number}] {citation.source.id}, {citation.locator}")
    quote = escape(citation.quote)
    return f'<blockquote class="{"met" if met else ""}">{quote}<cite>{place}</cite></blockquote>'


def _gold(seen: Observed) -> str:
    cited = places_of(shown(seen.answer))
    items = "".join(_item(item, meets(cited, item), seen) for item in seen.case.evidence)
    said = _patterns("must say", seen.case.says)
    unsaid = _patterns("must not say", seen.case.never_says)
    return f"{items or '<p>No gold: the corpus does not answer this.</p>'}{said}{unsaid}"


def _patterns(what: str, patterns: Iterable[str]) -> str:
    return "".join(f"<p>{what} <code>{escape(pattern)}</code></p>" for pattern in patterns)


def _item(item: Gold, met: bool, seen: Observed) -> str:
    first, *others = (_words(span, seen) for span in item.spans)
    more = ""
    if others:
        summary = f"<summary>or one of {len(others)} more</summary>"
        more = f'<details class="or">{summary}{"".join(others)}</details>'
    return f'<blockquote class="{"met" if met else "missed"}">{first}{more}</blockquote>'


def _words(span: Place, seen: Observed) -> str:
    words = seen.corpus.body(span.source_id)[span.start : span.end]
    return f"<div>{escape(words)}<cite>{escape(span.source_id)}</cite></div>"
