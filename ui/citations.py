"""Citations → HTML: the button in an answer, and the list of cited words with their sources.

Everything that comes from a corpus or a model is escaped here (`text_html`).
"""

from collections.abc import Sequence
from html import escape

from ingest.types import Source
from ingest.voices import whose_words
from rag.types import Citation
from rag.wire import deep_link

LINK_SCHEMES = ("https://", "http://")


def text_html(text: str) -> str:
    r"""Return `text` escaped for an element or a quoted attribute.

    A line break stays one without breaking the line.

    >>> text_html("<b>two\nlines</b>")
    '&lt;b&gt;two&#10;lines&lt;/b&gt;'
    """
    return escape(text).replace("\r", "&#13;").replace("\n", "&#10;")


def citation_list(heading: str, citations: Sequence[Citation]) -> str:
    """Return the list of what is cited under a heading; nothing where that is nothing."""
    if not citations:
        return ""
    first = {citation.source.id: citation.number for citation in reversed(citations)}
    items = "".join(_citation(citation, first[citation.source.id]) for citation in citations)
    return f'<h3>{heading}</h3><ol class="citations">{items}</ol>'


def _citation(citation: Citation, first: int) -> str:
    """Return the item of a citation; `first` is the number that cites this source first."""
    return (
        f'<li>{cite_button(citation)}<div class="citation">'
        f'<p class="place">{_place(citation)}</p>{_quote(citation)}'
        f'<p class="origin">{_origin(citation, first)}</p></div></li>'
    )


def _place(citation: Citation) -> str:
    source = citation.source
    parts = [f"<strong>{text_html(whose_words(source))}</strong>"]
    if citation.relation != "essay":
        relation = citation.relation
        parts.append(f'<span class="relation {relation}">{relation}</span>')
    return " · ".join([*parts, text_html(citation.locator)])


def _quote(citation: Citation) -> str:
    wording, words = citation.source.wording, text_html(citation.quote)
    if wording == "verbatim":
        words = f"“{words}”"
    return f'<blockquote class="{wording}">{words}</blockquote>'


def _origin(citation: Citation, first: int) -> str:
    """Return whose document it is, of when, its licence and the way to it.

    Told in full at its `first` number only.
    """
    parts = [f"same source as [{first}]"]
    if citation.number == first:
        parts = _document(citation.source)
    link = deep_link(citation)
    if link and link.lower().startswith(LINK_SCHEMES):
        label = text_html(f"Open the source: {citation.source.title} (new tab)")
        opens = f'target="_blank" rel="noopener noreferrer" aria-label="{label}"'
        parts.append(f'<a href="{text_html(link)}" {opens}>open the source</a>')
    return " · ".join(parts)


def _document(source: Source) -> list[str]:
    title = f"<cite>{text_html(source.title)}</cite>"
    about = [part for part in (source.author, source.publisher, source.date) if part]
    if about:
        title += f" — {text_html(', '.join(about))}"
    return [title, f"Licence: {text_html(source.licence)}"] if source.licence else [title]


def cite_button(citation: Citation) -> str:
    """Return the number of a citation as a button that shows its words in the text."""
    source = citation.source
    label = (
        f"Citation {citation.number}: {source.title}, {citation.locator}. "
        "Show these words in the text."
    )
    span = f'data-start="{citation.start}" data-end="{citation.end}"'
    return (
        f'<button type="button" class="cite" data-source="{text_html(source.id)}" {span} '
        f'aria-label="{text_html(label)}">[{citation.number}]</button>'
    )
