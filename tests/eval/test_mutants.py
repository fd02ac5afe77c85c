"""Break the system on purpose: the gate must fail each time, with the metric one would expect.

Every mutant is the product's chain with one stage replaced. The cases are some of each kind that
the chain as it is passes, so that whatever fails is the mutant's doing.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from eval.baselines import remembering
from eval.gate import SHIPPED as SHIPPED_GATE
from eval.gate import breaches, read_gate
from eval.sets.cases import SHIPPED, load_cases
from eval.suite import observe_all, run_suite
from eval.types import Case
from ingest.sources import read_corpus
from rag.chain import EssayChain
from rag.types import Answer, Citation, Decision, Draft, DraftSentence, Hit, Sentence, Turn

pytestmark = pytest.mark.slow

# Cases of each kind that are tried: each costs a second or so, once.
TRIED = 5
DIGIT = re.compile(r"\d")
Stage = Callable[[EssayChain], EssayChain]


def changed_answer(change: Callable[[Answer], Answer]) -> Stage:
    """Return the mutant whose checked answers are changed on their way out."""

    def mutate(chain: EssayChain) -> EssayChain:
        return replace(chain, verify=lambda *given: change(chain.verify(*given)))

    return mutate


def changed_draft(change: Callable[[Draft], Draft]) -> Stage:
    """Return the mutant whose drafts are changed before they are checked."""

    def mutate(chain: EssayChain) -> EssayChain:
        return replace(chain, write=lambda *given: change(chain.write(*given)))

    return mutate


def shifted(answer: Answer) -> Answer:
    """Every span one character further; the words shown stay."""
    return replace(
        answer,
        citations=tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in answer.citations),
    )


def shuffled(answer: Answer) -> Answer:
    """Each sentence cites what the next one rests on."""
    numbers = [sentence.citations for sentence in answer.sentences]
    turned = numbers[1:] + numbers[:1]
    pairs = zip(answer.sentences, turned, strict=True)
    sentences = tuple(replace(sentence, citations=cited) for sentence, cited in pairs)
    return replace(answer, sentences=sentences)


def as_verbatim(answer: Answer) -> Answer:
    """Notes are shown as the words of their source."""
    return replace(answer, citations=tuple(_verbatim(citation) for citation in answer.citations))


def _verbatim(citation: Citation) -> Citation:
    return replace(citation, source=replace(citation.source, wording="verbatim"))


def one_number_changed(answer: Answer) -> Answer:
    """The first digit spoken is another one."""
    sentences = list(answer.sentences)
    for place, sentence in enumerate(sentences):
        if DIGIT.search(sentence.text):
            sentences[place] = _miscounted(sentence)
            break
    return replace(answer, sentences=tuple(sentences))


def _miscounted(sentence: Sentence) -> Sentence:
    return replace(
        sentence,
        text=DIGIT.sub(lambda digit: str((int(digit.group()) + 1) % 10), sentence.text, count=1),
    )


def without_dissent(draft: Draft) -> Draft:
    """What a source that disagrees says is dropped."""
    return replace(draft, sentences=tuple(s for s in draft.sentences if not _dissents(s)))


def _dissents(sentence: DraftSentence) -> bool:
    return sentence.relation in ("contradicts", "qualifies")


def always(chain: EssayChain) -> EssayChain:
    """Everything counts as answerable."""
    return replace(chain, decide=lambda question, hits: Decision("answered", None, 1.0))


def never(chain: EssayChain) -> EssayChain:
    """Nothing counts as answerable."""
    return replace(
        chain,
        decide=lambda question, hits: Decision("not_in_corpus", "The corpus does not say.", 0.0),
    )


def reversed_hits(chain: EssayChain) -> EssayChain:
    """The worst passage of each voice comes first, once all that ranks has ranked."""
    return replace(chain, read=lambda question, hits: _backwards(chain.read(question, hits)))


def _backwards(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    main = [hit for hit in hits if hit.source.voice == "main"]
    comments = [hit for hit in hits if hit.source.voice != "main"]
    return (*reversed(main), *reversed(comments))


def forgetful(chain: EssayChain) -> EssayChain:
    """A follow-up is asked as if nothing had been said before."""

    def alone(question: str, history: tuple[Turn, ...]) -> str:
        return question

    return replace(chain, standalone=alone)


@pytest.fixture(scope="module")
def chain(real_chain: EssayChain) -> EssayChain:
    return remembering(real_chain)


@pytest.fixture(scope="module")
def cases(chain: EssayChain) -> tuple[Case, ...]:
    """Some cases of each kind of the dev half that the chain as it is passes.

    All their gold is among the first five hits.
    """
    by_kind: dict[str, list[Case]] = {}
    for case in load_cases(SHIPPED, read_corpus(), halves=("dev",)):
        by_kind.setdefault(case.kind, []).append(case)
    tried = [case for some in by_kind.values() for case in some[:TRIED]]
    outcomes = run_suite(chain, tried, title={}).outcomes
    passed = [outcome for outcome in outcomes if not outcome.failures]
    return tuple(
        outcome.observed.case for outcome in passed if outcome.values.get("recall_at_5", 1.0) == 1.0
    )


def broken(chain: EssayChain, cases: Sequence[Case]) -> set[str]:
    """Return the names of the bounds of the shipped gate that a chain breaks on these cases."""
    report = run_suite(chain, cases, title={})
    return {breach.name for breach in breaches(report, read_gate(SHIPPED_GATE), partial=True)}


@pytest.fixture(scope="module")
def broken_anyway(chain: EssayChain, cases: tuple[Case, ...]) -> set[str]:
    return broken(chain, cases)


@pytest.mark.parametrize(
    ("mutate", "expected"),
    [
        pytest.param(changed_answer(shifted), "quotes_exact", id="spans shifted by one character"),
        pytest.param(
            changed_answer(shuffled), "sentences_held", id="citations shuffled among sentences"
        ),
        pytest.param(always, "near_miss_held", id="an engine that always answers"),
        pytest.param(never, "refused_wrongly", id="an engine that never answers"),
        pytest.param(
            changed_draft(without_dissent), "both_voices", id="the contradicting source dropped"
        ),
        pytest.param(
            changed_answer(as_verbatim), "voices_true", id="a note shown as a verbatim quote"
        ),
        pytest.param(reversed_hits, "recall_at_5", id="a retriever that returns its list reversed"),
        pytest.param(
            changed_answer(one_number_changed),
            "sentences_held",
            id="an answer with one number changed",
        ),
        pytest.param(forgetful, "follow_ups_resolved", id="a follow-up that ignores its history"),
    ],
)
def test_the_gate_catches_the_mutant(
    chain: EssayChain,
    cases: tuple[Case, ...],
    broken_anyway: set[str],
    mutate: Stage,
    expected: str,
) -> None:
    assert expected not in broken_anyway
    assert expected in broken(mutate(chain), cases)


def test_two_runs_observe_the_same(real_chain: EssayChain, cases: tuple[Case, ...]) -> None:
    some = cases[::6]
    assert observe_all(real_chain, some) == observe_all(real_chain, some)
