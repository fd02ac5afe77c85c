"""Attempts of a language model at an answer → a draft: the best of them, or the quotes instead."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Checked, Draft, DraftSentence
from rag.write.prompts import NO_ANSWER

FAILED = "The language model {what}; the texts are quoted instead."
NOTHING_HELD = (
    "Nothing that the language model wrote is borne out by the passages it cites; "
    "the texts are quoted instead."
)
NOTHING_SAID = "The language model wrote nothing; the texts are quoted instead."
QUOTED_INSTEAD = (
    "The language model found no answer in the passages; the closest words are quoted instead."
)
NOT_ANSWERED = (
    "The corpus speaks of this, "
    "but a language model that read the closest passages found no answer in them."
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A reply of the model, its sentences and what the check made of each."""

    text: str
    sentences: tuple[DraftSentence, ...]
    checks: tuple[Checked, ...]
    unknown_markers: tuple[str, ...]

    @property
    def held(self) -> int:
        """How many sentences are supported."""
        return sum(check.verdict == "supported" for check in self.checks)

    @property
    def recall(self) -> float:
        """The share of sentences that their citations support (ALCE's citation recall).

        0 where there is none.
        """
        return self.held / len(self.checks) if self.checks else 0.0

    @property
    def refuses(self) -> bool:
        """Whether the model says that the passages do not answer, and nothing that is borne out."""
        words = self.text.strip(" .\n*\"“”'").upper()
        return words.startswith(NO_ANSWER) and not self.held

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Each sentence that is not supported, and what is wrong with it."""
        return [
            (sentence.text or "", "; ".join(check.problems))
            for sentence, check in zip(self.sentences, self.checks, strict=True)
            if check.verdict != "supported"
        ]


def best_of(attempts: Sequence[Attempt]) -> Attempt:
    """Return the attempt with the best citation recall.

    Of equals the one that says more, then the earlier one.
    """
    return max(attempts, key=lambda attempt: (attempt.recall, attempt.held))


def make_draft(attempts: Sequence[Attempt], quoted: Draft, problem: str | None) -> Draft:
    """Return the draft of the best attempt, or the quoted one with a notice that says why.

    What was written then stands before the quotes. `problem` is how the model failed, if it did.
    """
    if not attempts:
        return Draft(quoted.sentences, notice=_notice(problem, written=False))
    best = best_of(attempts)
    if best.held:
        return Draft(best.sentences, "write", best.unknown_markers)
    if best.refuses:
        return Draft(quoted.sentences, notice=QUOTED_INSTEAD, reason=NOT_ANSWERED)
    return Draft(
        (*best.sentences, *quoted.sentences),
        unknown_markers=best.unknown_markers,
        notice=_notice(problem, written=bool(best.sentences)),
    )


def _notice(problem: str | None, *, written: bool) -> str:
    if problem:
        return FAILED.format(what=problem)
    return NOTHING_HELD if written else NOTHING_SAID
