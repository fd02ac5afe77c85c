"""What is shown while an answer is being made → HTML: passages found, words being written."""

from collections.abc import Sequence

from ingest.types import VOICES
from ingest.voices import whose_words
from rag.types import Found, Hit, Sentence, of_voice
from ui.citations import text_html
from ui.render import MARKS

# Enough passages to read meanwhile, few enough to take in.
PASSAGES_SHOWN = 6


def waiting_html() -> str:
    """Return what is shown while passages are looked for."""
    stage = '<p class="stage">Looking for passages</p>'
    return f'<div class="reply waiting" aria-busy="true">{stage}</div>'


def found_html(found: Found) -> str:
    """Return the passages retrieved, as shown until the answer is there."""
    items = "".join(f"<li>{_hit(hit)}</li>" for hit in _best_of_each_voice(found.hits))
    stage = '<p class="stage">Reading the passages found</p>'
    return f'<div class="reply found" aria-busy="true">{stage}<ul>{items}</ul></div>'


def _best_of_each_voice(hits: Sequence[Hit]) -> list[Hit]:
    """Return the best hits of the main text, then of the sources: neither hides the other."""
    each = PASSAGES_SHOWN // 2
    return [hit for voice in VOICES for hit in of_voice(hits, voice)[:each]]


def _hit(hit: Hit) -> str:
    place = f"{whose_words(hit.source)}, {hit.passage.locator}"
    return f'<span class="place">{text_html(place)}</span> {text_html(hit.passage.text)}'


def writing_html(settled: Sequence[Sentence], words: str) -> str:
    """Return what a language model is writing: settled sentences with verdicts, then other words.

    `words` begins with the sentences that are settled, joined by spaces.
    """
    checked_words = " ".join(sentence.text for sentence in settled)
    rest = words[len(checked_words) :].strip()
    checked = " ".join(_settled(sentence) for sentence in settled)
    unchecked = f' <span class="unchecked">{text_html(rest)}</span>' if rest else ""
    stage = (
        '<p class="stage">Being written; each sentence is checked before it is shown as an answer'
        "</p>"
    )
    return f'<div class="reply writing" aria-busy="true">{stage}<p>{checked}{unchecked}</p></div>'


def _settled(sentence: Sentence) -> str:
    mark = MARKS.get(sentence.verdict, "checked")
    verdict = f'<span class="verdict {sentence.verdict}">({mark})</span>'
    return f"{text_html(sentence.text)} {verdict}"
