"""Questions that no passage needs to be read for: written in another language, or no question to the texts at all."""

from collections.abc import Callable
from dataclasses import dataclass

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from ingest.types import Corpus
from rag.question.orders import Orders, plain_order

LANGUAGES = {
    "ar": "Arabic", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
# At this certainty none of 2,700 questions of SQuAD 2.0 and ClapNQ (docs/evaluation.md) is taken
# for another language, and none of the 8,226 claims of `eval/training/data/claims.jsonl`.
CERTAIN = 0.8
SAMPLE_CHARS = 5000


@dataclass(frozen=True, slots=True)
class Scope:
    """Says why a question is out of scope.

    `language` is that of the corpus, None where any will do.
    """

    identify: Callable[[str], tuple[str, float]]
    language: str | None
    is_order: Orders

    def __call__(self, question: str) -> str | None:
        """Return the reason as a sentence, None for a question to the texts."""
        if self.is_order(question):
            return (
                "This asks for something else than what the texts say; essay-chat only quotes them."
            )
        foreign = self.foreign(question)
        return f"{foreign[0].upper()}{foreign[1:]}: ask in that language." if foreign else None

    def foreign(self, text: str) -> str | None:
        """Return in a clause which other language a text is in, None for one that may be in that of the corpus."""
        language, certainty = self.identify(text)
        if self.language is None or language == self.language or certainty < CERTAIN:
            return None
        return f"this looks like {LANGUAGES[language]}; the texts are in {LANGUAGES[self.language]}"


def read_scope(corpus: Corpus, *, any_language: bool, is_order: Orders = plain_order) -> Scope:
    """Return the scope of a corpus, whose language is that of its main texts.

    `any_language`: of whatever language.
    """
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))

    def identify(text: str) -> tuple[str, float]:
        language, certainty = identifier.classify(text)
        return str(language), float(certainty)

    mains = [t.body for s, t in zip(corpus.sources, corpus.texts, strict=True) if s.voice == "main"]
    return Scope(
        identify, None if any_language else identify(" ".join(mains)[:SAMPLE_CHARS])[0], is_order
    )
