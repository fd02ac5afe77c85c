"""Answer → HTML: what a person reads in the page.

Everything that comes from a question, a corpus or a model is escaped here, and nothing else writes
HTML. The result is one line, because the page shows it through a Markdown component: a line that
opens with a block tag passes that as it stands, and a blank line would end it
(https://spec.commonmark.org/0.31.2/#html-blocks, kind 6).
"""

from collections.abc import Iterable, Sequence
from html import escape

from ingest.voices import whose_words
from rag.types import Answer, Citation, Found, Hit, Sentence
from rag.wire import deep_link

PASSAGES_SHOWN = (
    6  # while the answer is being made: enough to read meanwhile, few enough to take in
)
LONG_WORD = 40  # characters, entities included
LINK_SCHEMES = ("https://", "http://")
VERDICTS = {"unsupported": "not supported by what it cites", "uncited": "cites nothing"}
# What code cannot prove is marked, although the check bears it out: only quotations and the corpus'
# own data stand unmarked.
MARKS = {**VERDICTS, "supported": "reworded"}
SAID = {
    "contradicts": "disagrees",
    "qualifies": "qualifies",
    "supports": "supports",
    "context": "context",
}  # by a lead
ENGINES = {
    "quote": "Quoted from the texts; no language model took part.",
    "write": (
        "Written by a language model; each sentence was checked against the words it cites. The check can err where a "
        "sentence is marked as reworded: compare it with those words."
    ),
}
INSTEAD = "Quoted from the texts, letter for letter."
OF_DATA = "From what the corpus says of its texts and sources; no language model took part."


def transcript_html(exchanges: Iterable[str]) -> str:
    """Return the conversation as one line of HTML, from exchanges made by `exchange_html`."""
    return f'<div class="transcript">{"".join(exchanges)}</div>'


def exchange_html(question: str, reply: str) -> str:
    """Return one question, as plain text, and the HTML of the reply to it."""
    return (
        f'<section class="exchange" aria-label="Question and answer"><h2 class="asked"><span class="unseen">You asked: '
        f"</span>{text_html(question.strip())}</h2>{reply}</section>"
    )


def waiting_html() -> str:
    """Return what is shown while passages are looked for."""
    return '<div class="reply waiting" aria-busy="true"><p class="stage">Looking for passages</p></div>'


def found_html(found: Found) -> str:
    """Return the passages retrieved, as shown until the answer is there."""
    items = "".join(f"<li>{_hit(hit)}</li>" for hit in _best_of_each_voice(found.hits))
    return f'<div class="reply found" aria-busy="true"><p class="stage">Reading the passages found</p><ul>{items}</ul></div>'


def writing_html(settled: Sequence[Sentence], words: str) -> str:
    """Return what a language model is writing: the settled sentences, each with what the check found, then the other words.

    `words` begins with the sentences that are settled, joined by spaces.
    """
    rest = words[len(" ".join(s.text for s in settled)) :].strip()
    checked = " ".join(
        f'{text_html(s.text)} <span class="verdict {s.verdict}">({MARKS.get(s.verdict, "checked")})</span>'
        for s in settled
    )
    unchecked = f' <span class="unchecked">{text_html(rest)}</span>' if rest else ""
    stage = '<p class="stage">Being written; each sentence is checked before it is shown as an answer</p>'
    return f'<div class="reply writing" aria-busy="true">{stage}<p>{checked}{unchecked}</p></div>'


def problem_html(message: str) -> str:
    """Return why there is no answer."""
    return f'<div class="reply problem"><p role="alert">{text_html(message)}</p></div>'


def answer_html(answer: Answer) -> str:
    """Return an answer with its citations below.

    The reason comes first where something is missing.
    """
    by_number = {c.number: c for c in answer.citations}
    parts = [
        _paragraph("reason", answer.reason),
        "".join(_voice(group, by_number) for group in _paragraphs(answer.sentences)),
        _withheld(answer.withheld),
        _paragraph("notice", answer.notice),
        _citation_list("Cited words", answer.citations),
        _citation_list("Closest passages", answer.nearest),
        _paragraph("engine", _engine(answer)),
    ]
    return f'<div class="reply {answer.status}">{"".join(parts)}</div>'


def text_html(text: str) -> str:
    """Return `text` escaped for an element or a quoted attribute.

    A line break stays one without breaking the line.
    """
    return escape(text).replace("\r", "&#13;").replace("\n", "&#10;")


def _engine(answer: Answer) -> str | None:
    """Return who wrote the answer.

    Of its sentences some may be the program's own, on the data of the corpus.
    """
    if all(sentence.verdict == "metadata" for sentence in answer.sentences):
        return OF_DATA if answer.sentences else None
    return INSTEAD if answer.engine == "quote" and answer.notice else ENGINES[answer.engine]


def _paragraphs(sentences: Iterable[Sentence]) -> list[list[Sentence]]:
    """Return the sentences by speaker: one who is named, or who bears on the essay otherwise, starts anew."""
    paragraphs: list[list[Sentence]] = []
    for sentence in sentences:
        if not paragraphs or sentence.lead or sentence.relation != paragraphs[-1][-1].relation:
            paragraphs.append([])
        paragraphs[-1].append(sentence)
    return paragraphs


def _voice(sentences: Sequence[Sentence], by_number: dict[int, Citation]) -> str:
    relation = sentences[0].relation
    says_so = relation == "essay" or SAID[relation] in sentences[0].lead
    tag = "" if says_so else f'<span class="relation {relation}">{relation}</span> '
    said = " ".join(_sentence(s, by_number) for s in sentences)
    return f'<p class="voice {relation}">{tag}{said}</p>'


def _sentence(sentence: Sentence, by_number: dict[int, Citation]) -> str:
    cited = [by_number[number] for number in sentence.citations if number in by_number]
    lead = f'<span class="lead">{text_html(sentence.lead)}</span>' if sentence.lead else ""
    words = text_html(sentence.text)
    # A note is in our words: quotation marks round it would pass it off as the source's.
    if (
        sentence.verdict == "quoted"
        and cited
        and all(c.source.wording == "verbatim" for c in cited)
    ):
        words = f"“{words}”"
    found = MARKS.get(sentence.verdict)
    mark = f' <span class="verdict {sentence.verdict}">({found})</span>' if found else ""
    return f"{lead}{_with_numbers(words, mark + ''.join(_cite_button(c) for c in cited))}"


def _with_numbers(words: str, numbers: str) -> str:
    """Keep the citation numbers on the line of the last word, unless a script without spaces makes that word too long."""
    before, space, last = words.rpartition(" ")
    return (
        f'{before}{space}<span class="tail">{last}{numbers}</span>'
        if len(last) <= LONG_WORD
        else words + numbers
    )


def _withheld(sentences: Sequence[Sentence]) -> str:
    if not sentences:
        return ""
    count = "1 sentence was" if len(sentences) == 1 else f"{len(sentences)} sentences were"
    items = "".join(
        f"<li>{text_html(s.text)} ({VERDICTS.get(s.verdict, s.verdict)})</li>" for s in sentences
    )
    return (
        f'<details class="withheld"><summary>{count} withheld</summary><ul>{items}</ul></details>'
    )


def _citation_list(heading: str, citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    first = {c.source.id: c.number for c in reversed(citations)}
    items = "".join(f"<li>{_citation(c, first[c.source.id])}</li>" for c in citations)
    return f'<h3>{heading}</h3><ol class="citations">{items}</ol>'


def _citation(citation: Citation, first: int) -> str:
    source = citation.source
    relation = (
        ""
        if source.voice == "main"
        else f' · <span class="relation {source.relation}">{source.relation}</span>'
    )
    mark = ("“", "”") if source.wording == "verbatim" else ("", "")
    return (
        f'{_cite_button(citation)}<div class="citation">'
        f'<p class="place"><strong>{text_html(whose_words(source))}</strong>{relation} · {text_html(citation.locator)}</p>'
        f'<blockquote class="{source.wording}">{mark[0]}{text_html(citation.quote)}{mark[1]}</blockquote>'
        f'<p class="origin">{_origin(citation, first)}</p></div>'
    )


def _origin(citation: Citation, first: int) -> str:
    """Return whose document it is, of when, its licence and the way to it.

    Told in full at its `first` number only.
    """
    source = citation.source
    about = ", ".join(
        text_html(part) for part in (source.author, source.publisher, source.date) if part
    )
    parts = [f"<cite>{text_html(source.title)}</cite>{f' — {about}' if about else ''}"]
    if source.licence:
        parts.append(f"Licence: {text_html(source.licence)}")
    if citation.number != first:
        parts = [f"same source as [{first}]"]
    link = deep_link(citation)
    if link and link.lower().startswith(LINK_SCHEMES):
        label = text_html(f"Open the source: {source.title} (new tab)")
        opens = f'target="_blank" rel="noopener noreferrer" aria-label="{label}"'
        parts.append(f'<a href="{text_html(link)}" {opens}>open the source</a>')
    return " · ".join(parts)


def _cite_button(citation: Citation) -> str:
    source = citation.source
    label = f"Citation {citation.number}: {source.title}, {citation.locator}. Show these words in the text."
    return (
        f'<button type="button" class="cite" data-source="{text_html(source.id)}" data-start="{citation.start}" '
        f'data-end="{citation.end}" aria-label="{text_html(label)}">[{citation.number}]</button>'
    )


def _best_of_each_voice(hits: Sequence[Hit]) -> list[Hit]:
    """Return the best hits of the main text, then of the sources, so that neither hides the other."""
    each = PASSAGES_SHOWN // 2
    main = [hit for hit in hits if hit.source.voice == "main"]
    others = [hit for hit in hits if hit.source.voice != "main"]
    return main[:each] + others[:each]


def _hit(hit: Hit) -> str:
    place = f"{whose_words(hit.source)}, {hit.passage.locator}"
    return f'<span class="place">{text_html(place)}</span> {text_html(hit.passage.text)}'


def _paragraph(name: str, text: str | None) -> str:
    return f'<p class="{name}">{text_html(text)}</p>' if text else ""
