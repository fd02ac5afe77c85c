"""Is what is shown true: each measure of it on answers worked out by hand."""

from dataclasses import replace
from typing import Any

import pytest

from eval.metrics import answers
from eval.metrics.judge import LexicalJudge, judged
from rag.types import Answer, Citation, Sentence
from tests.eval.made_up import COUNTED, GRUDGE, REFUSAL, TRAPPED, answer, cite, gold, said, seen


@pytest.mark.parametrize(
    ("says", "never", "given", "expected"),
    [
        pytest.param(["48"], [], answer(cite(*TRAPPED)), 1.0, id="says it"),
        pytest.param(["COUNCIL"], [], answer(cite(*TRAPPED)), 1.0, id="whatever the case"),
        pytest.param(["84", "48"], [], answer(cite(*TRAPPED)), 0.0, id="says one of two"),
        pytest.param([], ["48"], answer(cite(*TRAPPED)), 0.0, id="says what it must not"),
        pytest.param(["mention"], [], REFUSAL, 0.0, id="the reason of a refusal does not count"),
        pytest.param([], ["mention"], REFUSAL, 0.0, id="but must not repeat what is forbidden"),
        pytest.param([], [], answer(), None, id="nothing asked of it"),
    ],
)
def test_an_answer_says_what_it_must(
    says: list[str], never: list[str], given: Answer, expected: float | None
) -> None:
    observed = seen("essay_fact", given, gold(TRAPPED), says=says, never=never)
    assert answers.says_right(observed) == expected


def _moved(citation: Citation, by: int) -> Citation:
    return replace(citation, start=citation.start + by, end=citation.end + by)


def test_quotes_are_exact_when_they_equal_the_text_at_their_offsets() -> None:
    exact, shifted = cite(*TRAPPED), _moved(cite(*COUNTED, 2), 1)
    assert answers.quotes_exact(seen("essay_fact", answer(exact))) == 1.0
    assert answers.quotes_exact(seen("essay_fact", answer(exact, shifted))) == 0.5
    assert answers.quotes_exact(seen("essay_fact", replace(REFUSAL, nearest=(shifted,)))) == 0.0
    assert answers.quotes_exact(seen("essay_fact", REFUSAL)) is None


def test_a_quote_of_an_unknown_source_is_not_exact() -> None:
    citation = cite(*TRAPPED)
    stray = replace(citation, source=replace(citation.source, id="diary"))
    assert answers.quotes_exact(seen("essay_fact", answer(stray))) == 0.0
    assert answers.quotes_whole(seen("essay_fact", answer(stray))) == 0.0


def test_quotes_are_whole_when_they_cut_no_word() -> None:
    whole = answer(cite("essay", "hold a grudge"), cite("essay", "years.", 2))
    assert answers.quotes_whole(seen("essay_fact", whole)) == 1.0
    for words in ("rows hold a grudge", "hold a grud"):
        assert answers.quotes_whole(seen("essay_fact", answer(cite("essay", words)))) == 0.0


def test_a_note_shown_as_verbatim_is_untrue() -> None:
    note = cite(*COUNTED)
    disguised = replace(note, source=replace(note.source, wording="verbatim"))
    assert answers.voices_true(seen("source_fact", answer(note))) == 1.0
    # Its sentence still has the right relation.
    assert answers.voices_true(seen("source_fact", answer(disguised))) == 0.5


def test_a_source_spoken_as_the_essay_is_untrue() -> None:
    note = cite(*COUNTED)
    spoken = (Sentence(note.quote, "quoted", (1,), relation="essay"),)
    assert answers.voices_true(seen("source_fact", answer(note, sentences=spoken))) == 0.5


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        pytest.param(
            Sentence("the council trapped 48 crows", "quoted", (1,)), 1.0, id="part of the quote"
        ),
        pytest.param(
            Sentence("In 2011 […] 48 crows", "quoted", (1,)), 1.0, id="pieces with an ellipsis"
        ),
        pytest.param(
            Sentence("In 2011   the\ncouncil", "quoted", (1,)), 1.0, id="other white space"
        ),
        pytest.param(
            Sentence("the council trapped 84 crows", "quoted", (1,)), 0.0, id="another number"
        ),
        pytest.param(
            Sentence("the council trapped 48 crows", "quoted", ()), 0.0, id="nothing cited"
        ),
        pytest.param(
            Sentence("The council caught 48 crows in 2011.", "supported", (1,)),
            1.0,
            id="written in other words",
        ),
        pytest.param(
            Sentence("The council trapped 84 crows.", "supported", (1,)),
            0.0,
            id="written with another number",
        ),
        pytest.param(
            Sentence("Ravens are clever birds.", "supported", (1,)),
            0.0,
            id="written about something else",
        ),
        pytest.param(
            Sentence("The council trapped crows.", "uncited", ()),
            0.0,
            id="written without a citation",
        ),
    ],
)
def test_a_sentence_stands_in_what_it_cites(sentence: Sentence, held: float) -> None:
    observed = seen("essay_fact", answer(cite(*TRAPPED), sentences=(sentence,)))
    assert answers.sentences_held(observed) == held


def test_a_judge_reads_the_cited_words_not_the_quote_that_is_shown() -> None:
    claimed = Sentence("The council trapped 48 crows.", "supported", (1,))
    metric = judged(LexicalJudge())
    assert metric.measure(seen("essay_fact", answer(cite(*TRAPPED), sentences=(claimed,)))) == 1.0
    forged = replace(cite(*GRUDGE), quote=claimed.text)
    assert metric.measure(seen("essay_fact", answer(forged, sentences=(claimed,)))) == 0.0
    assert metric.measure(seen("essay_fact", REFUSAL)) is None


@pytest.mark.parametrize(
    ("relation", "because", "fact", "true"),
    [
        pytest.param("contradicts", "it counts others", "fact 1", 1.0, id="as the map has it"),
        pytest.param("qualifies", "it counts others", "fact 1", 0.0, id="another relation"),
        pytest.param("contradicts", "it is older", "fact 1", 0.0, id="another reason"),
        pytest.param("contradicts", "it counts others", "fact 2", 0.0, id="another fact"),
        pytest.param("contradicts", "it counts others", "facts 1 to 2", 0.0, id="more facts"),
        pytest.param("context", None, "fact 2", None, id="no relation"),
    ],
)
def test_a_relation_is_true_if_the_map_gives_it_to_the_fact(
    relation: Any, because: str | None, fact: str, true: float | None
) -> None:
    citation = replace(cite(*COUNTED), locator=fact)
    sentence = replace(said(citation), relation=relation, because=because)
    observed = seen("source_fact", answer(citation, sentences=(sentence,)))
    assert answers.relation_true(observed) == true
