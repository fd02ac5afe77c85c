"""Answer → HTML: what a person reads in the page.

Everything that comes from a question, a corpus or a model is escaped, by `text_html`. The result is
one line, because the page shows it through a Markdown component: a line that opens with a block tag
passes that as it stands, and a blank line would end it
(https://spec.commonmark.org/0.31.2/#html-blocks, kind 6).
"""

from collections.abc import Iterable, Sequence

from rag.types import Answer, Citation, Sentence
from ui.citations import citation_list, cite_button, text_html

LONG_WORD = 40  # characters, entities included
VERDICTS = {"unsupported": "not supported by what it cites", "uncited": "cites nothing"}
# What code cannot prove is marked, although the check bears it out: only quotations and the corpus'
# own data stand unmarked.
MARKS = {**VERDICTS, "supported": "reworded"}
# How a lead says it.
RELATION_WORDS = {
    "contradicts": "disagrees",
    "qualifies": "qualifies",
    "supports": "supports",
    "context": "context",
}
ENGINES = {
    "quote": "Quoted from the texts; no language model took part.",
    "write": (
        "Written by a language model; each sentence was checked against the words it cites. The "
        "check can err where a sentence is marked as reworded: compare it with those words."
    ),
}
INSTEAD = "Quoted from the texts, letter for letter."
CURATED = (
    "In our words, written by a person: each sentence cites the words it rests on. No language "
    "model took part."
)
OF_DATA = "From what the corpus says of its texts and sources; no language model took part."


def transcript_html(exchanges: Iterable[str]) -> str:
    """Return the conversation as one line of HTML, from exchanges made by `exchange_html`."""
    return f'<div class="transcript">{"".join(exchanges)}</div>'


def exchange_html(question: str, reply: str) -> str:
    """Return one question, as plain text, and the HTML of the reply to it."""
    asked = f'<span class="unseen">You asked: </span>{text_html(question.strip())}'
    return (
        '<section class="exchange" aria-label="Question and answer">'
        f'<h2 class="asked">{asked}</h2>{reply}</section>'
    )


def problem_html(message: str) -> str:
    """Return why there is no answer."""
    return f'<div class="reply problem"><p role="alert">{text_html(message)}</p></div>'


def answer_html(answer: Answer) -> str:
    """Return an answer with its citations below.

    The reason comes first where something is missing.
    """
    supporting = [s for s in answer.sentences if s.part == "sources" and not s.disputes_lead]
    more = [s for s in answer.sentences if s.part == "more"]
    parts = [
        _paragraph("reason", answer.reason),
        _voices(answer.shown, answer),
        _cited_by(answer.shown, answer),
        _folded("supports", _count(supporting), supporting, answer),
        _folded("more", "More from the texts", more, answer),
        _withheld(answer.withheld),
        _paragraph("notice", answer.notice),
        citation_list("Closest passages", answer.nearest),
        _paragraph("engine", _who_wrote(answer)),
        _suggested(answer.suggestions),
    ]
    return f'<div class="reply {answer.status}">{"".join(parts)}</div>'


def _paragraph(name: str, text: str | None) -> str:
    return f'<p class="{name}">{text_html(text)}</p>' if text else ""


def _suggested(questions: Sequence[str]) -> str:
    """Return the questions to go on with, each a button that asks it."""
    if not questions:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="ask">{text_html(question)}</button></li>'
        for question in questions
    )
    return f'<h3>You could ask</h3><ul class="suggestions">{buttons}</ul>'


def _who_wrote(answer: Answer) -> str | None:
    """Return who wrote the answer.

    Of its sentences some may be the program's own, on the data of the corpus.
    """
    if all(sentence.verdict == "metadata" for sentence in answer.sentences):
        return OF_DATA if answer.sentences else None
    if any(s.verdict == "curated" and s.part == "lead" for s in answer.sentences):
        return CURATED
    return INSTEAD if answer.engine == "quote" and answer.notice else ENGINES[answer.engine]


def _by_speaker(sentences: Iterable[Sentence]) -> list[list[Sentence]]:
    """Return the sentences of each speaker in turn.

    One who is named, or who bears on the essay otherwise than the one before, starts anew.
    """
    groups: list[list[Sentence]] = []
    for sentence in sentences:
        if not groups or sentence.intro or sentence.relation != groups[-1][-1].relation:
            groups.append([])
        groups[-1].append(sentence)
    return groups


def _voices(sentences: Iterable[Sentence], answer: Answer) -> str:
    by_number = {citation.number: citation for citation in answer.citations}
    return "".join(_voice(group, by_number) for group in _by_speaker(sentences))


def _cited_by(sentences: Iterable[Sentence], answer: Answer) -> str:
    """Return the list of what these sentences cite."""
    return citation_list("Cited words", answer.cited_by(sentences))


def _count(supporting: Sequence[Sentence]) -> str:
    if len(supporting) == 1:
        return "A source supports this"
    return f"{len(supporting)} sources support this"


def _folded(name: str, title: str, sentences: Sequence[Sentence], answer: Answer) -> str:
    """Return sentences with what they cite, folded under a title; nothing where there are none."""
    if not sentences:
        return ""
    inside = f"{_voices(sentences, answer)}{_cited_by(sentences, answer)}"
    return f'<details class="{name}"><summary>{title}</summary>{inside}</details>'


def _voice(sentences: Sequence[Sentence], by_number: dict[int, Citation]) -> str:
    relation = sentences[0].relation
    is_told = relation == "essay" or RELATION_WORDS[relation] in sentences[0].intro
    tag = "" if is_told else f'<span class="relation {relation}">{relation}</span> '
    words = " ".join(_sentence(sentence, by_number) for sentence in sentences)
    return f'<p class="voice {relation}">{tag}{words}</p>'


def _sentence(sentence: Sentence, by_number: dict[int, Citation]) -> str:
    cited = [by_number[number] for number in sentence.citations if number in by_number]
    lead = f'<span class="lead">{text_html(sentence.intro)}</span>' if sentence.intro else ""
    words = text_html(sentence.text)
    if _is_quotation(sentence, cited):
        words = f"“{words}”"
    mark = ""
    if sentence.verdict in MARKS:
        mark = f' <span class="verdict {sentence.verdict}">({MARKS[sentence.verdict]})</span>'
    buttons = "".join(cite_button(citation) for citation in cited)
    return f"{lead}{_with_numbers(words, mark + buttons)}"


def _is_quotation(sentence: Sentence, cited: Sequence[Citation]) -> bool:
    """Say whether a sentence may stand in quotation marks.

    A note is in our words: quotation marks round it would pass it off as the source's.
    """
    if sentence.verdict != "quoted" or not cited:
        return False
    return all(citation.source.wording == "verbatim" for citation in cited)


def _with_numbers(words: str, numbers: str) -> str:
    """Keep the citation numbers on the line of the last word.

    Not where a script without spaces makes that word too long.
    """
    before, space, last = words.rpartition(" ")
    if len(last) > LONG_WORD:
        return words + numbers
    return f'{before}{space}<span class="tail">{last}{numbers}</span>'


def _withheld(sentences: Sequence[Sentence]) -> str:
    if not sentences:
        return ""
    count = "1 sentence was" if len(sentences) == 1 else f"{len(sentences)} sentences were"
    summary = f"<summary>{count} withheld</summary>"
    items = "".join(_withheld_item(sentence) for sentence in sentences)
    return f'<details class="withheld">{summary}<ul>{items}</ul></details>'


def _withheld_item(sentence: Sentence) -> str:
    why = VERDICTS.get(sentence.verdict, sentence.verdict)
    return f"<li>{text_html(sentence.text)} ({why})</li>"
