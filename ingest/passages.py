"""A text → passages with exact character spans.

Natural boundaries first: paragraph, then sentence, then size. A passage is a sentence (of a note:
the whole fact), or a piece of one that is longer than `max_chars`. `body[start:end] == text`
always: spans are cut, never searched for.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import sentencex

from ingest.sources import fold
from ingest.types import Corpus, Passage, Source, Span, Text

SPLITTER = "paragraph-sentence-size/2"  # part of the index's fingerprint: raise the number when spans change

# Atomic groups: \r\n is one line end, never two.
BLANK_LINE = re.compile(r"(?>\r\n|\r|\n)[^\S\r\n]*(?>\r\n|\r|\n)\s*")
BREAKS = (re.compile(r"[;:.!?…]\s+"), re.compile(r"[,)\]]\s+|\s+[–—-]\s+"), re.compile(r"\s+"))
AROUND_WORDS = " .,;:!?…\"'“”‘’«»„"  # where a pull quote may differ from the words it repeats


def split_corpus(corpus: Corpus, *, max_chars: int) -> tuple[Passage, ...]:
    """Return the passages of all texts, in the order of the corpus."""
    pairs = zip(corpus.sources, corpus.texts, strict=True)
    return tuple(p for source, text in pairs for p in split_text(source, text, max_chars=max_chars))


def split_text(source: Source, text: Text, *, max_chars: int) -> tuple[Passage, ...]:
    """Return the passages of one text: of notes one a fact, else one a sentence.

    None longer than `max_chars`.
    """
    if source.wording == "note":
        return tuple(_facts(text, max_chars))
    return tuple(_sentences(text, max_chars))


def attributed(passage: Passage, source: Source) -> str:
    """Return the words of a passage as rankings read them: a note behind the publisher and title it is on."""
    return attribution(source) + fold(passage.text)


def attribution(source: Source) -> str:
    """Return what a note is read behind, "publisher, title: "; nothing for a verbatim text."""
    return (
        f"{source.publisher or ''}, {source.title}: ".lstrip(", ")
        if source.wording == "note"
        else ""
    )


def _facts(text: Text, max_chars: int) -> Iterator[Passage]:
    start = 0
    for number, line in enumerate(text.body.split("\n"), 1):
        fact = trim(text.body, (start, start + len(line)))
        for piece in cut_to_size(text.body, fact, max_chars):
            yield _passage(text, piece, f"fact {number}", fact)
        start += len(line) + 1


def _sentences(text: Text, max_chars: int) -> Iterator[Passage]:
    paragraphs = {
        paragraph: sentence_spans(text.body, paragraph) for paragraph in paragraph_spans(text.body)
    }
    repeats = _repeated(text.body, paragraphs)
    for number, (paragraph, sentences) in enumerate(paragraphs.items(), 1):
        if paragraph in repeats:
            continue
        for sentence in sentences:
            for piece in cut_to_size(text.body, sentence, max_chars):
                yield _passage(text, piece, f"paragraph {number}", paragraph)


def _passage(text: Text, span: Span, locator: str, context: Span) -> Passage:
    return Passage(text.source_id, *span, text.body[slice(*span)], locator, *context)


def paragraph_spans(body: str) -> list[Span]:
    """Return the spans of the paragraphs: what stands between blank lines, white space at the ends left out."""
    edges = [0, *(edge for gap in BLANK_LINE.finditer(body) for edge in gap.span()), len(body)]
    spans = (trim(body, span) for span in zip(edges[::2], edges[1::2], strict=True))
    return [span for span in spans if span[0] < span[1]]


def sentence_spans(body: str, paragraph: Span) -> list[Span]:
    """Return the spans of the sentences of a paragraph (sentencex, https://github.com/wikimedia/sentencex)."""
    offset, end = paragraph
    found = sentencex.get_sentence_boundaries("en", body[offset:end])
    spans = (trim(body, (offset + s["start_index"], offset + s["end_index"])) for s in found)
    return [span for span in spans if span[0] < span[1]]


def trim(body: str, span: Span) -> Span:
    """Return the span without white space (or a byte order mark) at its ends."""
    start, end = span
    while start < end and (body[start].isspace() or body[start] == "\ufeff"):
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    return start, end


def cut_to_size(body: str, span: Span, max_chars: int) -> list[Span]:
    """Return spans of at most `max_chars` that cover the span: cut after a clause, else a comma, else a word, else anywhere."""
    pieces, (start, end) = [], span
    while end - start > max_chars:
        cut = _best_cut(body, start, start + max_chars)
        pieces.append(trim(body, (start, cut)))
        start = trim(body, (cut, end))[0]
    return [*pieces, (start, end)] if start < end else pieces


def _best_cut(body: str, start: int, limit: int) -> int:
    # Only the second half is looked at, so that no piece is a scrap.
    window_start = start + (limit - start) // 2
    for pattern in BREAKS:
        ends = [match.end() for match in pattern.finditer(body, window_start, limit)]
        if ends:
            return ends[-1]
    cut = limit
    while cut > window_start and _joins_on(body[cut]):
        cut -= 1
    return cut


def _joins_on(character: str) -> bool:
    """Say whether a character belongs to the one before it: a combining mark, a joiner, a variation selector."""
    return unicodedata.combining(character) != 0 or unicodedata.category(character) in (
        "Mn",
        "Me",
        "Mc",
        "Cf",
    )


def _repeated(body: str, paragraphs: Mapping[Span, Sequence[Span]]) -> set[Span]:
    """Return the paragraphs that say again, word for word, another paragraph or a sentence of a longer one: pull quotes.

    Takes the paragraphs with their sentences. Of two equal paragraphs the one that ends as a
    sentence does is kept, else the first.
    """
    kept: dict[str, Span] = {}
    repeats: set[Span] = set()
    for paragraph in sorted(paragraphs, key=lambda span: (not _ends_well(body, span), span)):
        words = _words(body, paragraph)
        if words in kept:
            repeats.add(paragraph)
        else:
            kept[words] = paragraph
    inner = {
        words
        for p, sentences in paragraphs.items()
        for words in _inner_sentences(body, p, sentences)
    }
    return repeats | {p for p in paragraphs if _words(body, p) in inner}


def _inner_sentences(body: str, paragraph: Span, sentences: Sequence[Span]) -> set[str]:
    # Not the sentence that is all the words of its paragraph ("Wait. …"): that would say the
    # paragraph repeats itself.
    return {_words(body, sentence) for sentence in sentences} - {_words(body, paragraph)}


def _ends_well(body: str, span: Span) -> bool:
    return body[span[1] - 1] in ".!?…”\"'’)"


def _words(body: str, span: Span) -> str:
    text = " ".join(body[slice(*span)].split())
    return text.strip(AROUND_WORDS).casefold() or text
