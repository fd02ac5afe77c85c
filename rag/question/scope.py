"""Questions that no passage needs to be read for.

They are written in another language, or are no questions to the texts at all.
"""

from collections.abc import Callable
from dataclasses import dataclass

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from ingest.types import Corpus
from rag.question.orders import Orders, plain_order

LANGUAGES = {
    "ar": "Arabic", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fa": "Persian", "fr": "French", "he": "Hebrew", "hi": "Hindi", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese",
    "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
# At this certainty no English question or claim is taken for another language (docs/evaluation.md).
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
        """Return in a clause which other language a text is in.

        None for one that may be in that of the corpus.
        """
        language, certainty = self.identify(text)
        if self.language is None or language == self.language or certainty < CERTAIN:
            return None
        return f"this looks like {LANGUAGES[language]}; the texts are in {LANGUAGES[self.language]}"


def read_scope(corpus: Corpus, *, any_language: bool, is_order: Orders = plain_order) -> Scope:
    """Return the scope of a corpus, whose language is that of its main texts.

    `any_language`: questions may be in whatever language.
    """
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))

    def identify(text: str) -> tuple[str, float]:
        language, certainty = identifier.classify(text)
        return str(language), float(certainty)

    if any_language:
        return Scope(identify, None, is_order)
    bodies = [corpus.body(source.id) for source in corpus.mains]
    language, _ = identify(" ".join(bodies)[:SAMPLE_CHARS])
    return Scope(identify, language, is_order)
