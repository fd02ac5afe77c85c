"""Questions that no passage needs to be read for: written in another language, or no question to the texts at all."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from ingest.types import Corpus

LANGUAGES = {
    "ar": "Arabic", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
# At this certainty none of 2,700 questions of SQuAD 2.0 and ClapNQ (docs/evaluation.md) is taken for another language.
CERTAIN = 0.8
SAMPLE_CHARS = 5000

# An order to the program, not a question to the texts: to drop its rules, to show its insides, to speak as somebody else,
# to write something of its own.
ORDERS = re.compile(
    r"""
    \b(ignore|disregard|forget|override|bypass)\b.{0,40}
      \b(instructions?|rules?|prompts?|sources?|texts?|guidelines|above|previous|everything)\b
    | \b(system|hidden|initial|secret)\s+(prompt|instructions?|rules?|message)\b | \bsystem\s*:
    | \byou\s+are\s+(now|no\s+longer)\b | \b(act|speak|behave|respond|answer)\s+as\s+(if|though|an?|the)\b
    | \bpretend\b | \bjailbreak | \brole-?play
    | \b(repeat|print|output|reveal|show|leak)\s+(me\s+)?
      (everything|all\s+(of\s+)?(the\s+)?(text|words)|your|the\s+(text|words)\s+above)\b
    | \b(answer|reply|respond)\s+(only\s+)?(with|in)\s+(the\s+)?(words?|base64|json|code|character)\b | \bas\s+base64\b
    | \b(make\s+up|invent|fabricate|fake|forge)\b.{0,30}
      \b(quotes?|quotations?|sources?|citations?|footnotes?|facts?|numbers?|figures?|evidence)\b
    | ^\W*(please\s+|now\s+|just\s+)*(write|compose|draft|generate|translate|code|say|insult|praise|roleplay)\b
      (?!\s+(who|what|why|when|where|how|which)\b)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Says why a question is out of scope; `language` is that of the corpus, None where any will do."""

    identify: Callable[[str], tuple[str, float]]
    language: str | None

    def __call__(self, question: str) -> str | None:
        """Return the reason as a sentence, None for a question to the texts."""
        if ORDERS.search(question):
            return "This asks for something else than what the texts say; essay-chat only quotes them."
        language, certainty = self.identify(question)
        if self.language is None or language == self.language or certainty < CERTAIN:
            return None
        return f"This looks like {LANGUAGES[language]}; the texts are in {LANGUAGES[self.language]}: ask in that language."


def read_scope(corpus: Corpus, *, any_language: bool) -> Scope:
    """Return the scope of a corpus, whose language is that of its main texts."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))

    def identify(text: str) -> tuple[str, float]:
        language, certainty = identifier.classify(text)
        return str(language), float(certainty)

    mains = [t.body for s, t in zip(corpus.sources, corpus.texts, strict=True) if s.relation == "essay"]
    return Scope(identify, None if any_language else identify(" ".join(mains)[:SAMPLE_CHARS])[0])
