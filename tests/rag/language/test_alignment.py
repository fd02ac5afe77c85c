"""Names that a claim has the other way round are told, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.alignment import changed, differences
from rag.language.compare import read_facts

SOLD = (
    "The Soviet Union sold weapons to the Syrian dictatorship, and Syrian students often studied "
    "in Russia."
)
MET = "Putin received Netanyahu in Moscow in June 2016."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        pytest.param(
            "Syria sold weapons to the Soviet Union.",
            "The Soviet Union sold weapons to Syria.",
            id="two names",
        ),
        pytest.param(
            "The Syrian dictatorship sold weapons to the Soviet Union.",
            SOLD,
            id="an adjective, and more said",
        ),
        pytest.param("Netanyahu received Putin in Moscow.", MET, id="less said"),
        pytest.param(
            "He left. In 2016 Israel’s army trained Egypt’s army.",
            "In 2016 Egypt’s army trained Israel’s army.",
            id="of",
        ),
        pytest.param(
            "ISIS fought the Free Army at Palmyra.",
            "Free Army fought Islamic State at Palmyra.",
            id="by a variant",
        ),
    ],
)
def test_names_the_other_way_round_are_told(claim: str, evidence: str) -> None:
    assert [mismatch.kind for mismatch in changed(claim, evidence)] == ["role"]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        pytest.param(
            "Syria bought weapons from the Soviet Union.", SOLD, id="the verb is turned round"
        ),
        pytest.param("Weapons were sold to Syria by the Soviet Union.", SOLD, id="a passive"),
        pytest.param("The Soviet Union sold weapons to Syria.", SOLD, id="the same way round"),
        pytest.param("Egypt sold weapons to Syria.", SOLD, id="another name"),
        pytest.param(
            "Russia and Iran saved the regime.", "Iran and Russia saved the regime.", id="a list"
        ),
        pytest.param("", SOLD, id="no claim"),
        pytest.param(SOLD, "", id="no evidence"),
    ],
)
def test_what_is_not_exchanged_is_left_alone(claim: str, evidence: str) -> None:
    assert changed(claim, evidence) == ()


@pytest.mark.parametrize(
    ("claim", "evidence", "kind", "words"),
    [
        pytest.param(
            "Putin has strengthened relations with Putin.",
            "Putin has strengthened relations with Israel.",
            "name",
            "it says Israel, not Putin",
            id="a name that stands elsewhere in the sentence",
        ),
        pytest.param(
            "Venezuela voted against; Council and Angola abstained.",
            "Venezuela voted against; China and Angola abstained.",
            "name",
            "it says China, not Council",
            id="in a list",
        ),
        pytest.param(
            "The regime has not never shown it was willing.",
            "The regime has never shown it was willing.",
            "negation",
            "it does not deny “never”",
            id="a denial denied",
        ),
        pytest.param(
            "They would not only go back if Assad left.",
            "They would only go back if Assad left.",
            "negation",
            "it does not deny “only”",
            id="not only",
        ),
        pytest.param(
            "Civilians were killed in the raid on Homs.",
            "No civilians were killed in the raid on Homs.",
            "negation",
            "it denies “civilians”",
            id="a denial left out at the beginning",
        ),
        pytest.param(
            "The army will leave the city before the next winter.",
            "The army may leave the city before the next winter.",
            "opposite",
            "it says may, not will",
            id="a doubt made sure",
        ),
        pytest.param(
            "The army will leave the old city.",
            "The army won't leave the old city.",
            "negation",
            "it denies “leave”",
            id="a short form",
        ),
    ],
)
def test_what_is_changed_in_a_sentence_that_is_repeated_is_told(
    claim: str, evidence: str, kind: str, words: str
) -> None:
    [found] = changed(claim, evidence, frozenset({"Putin", "Council"}))
    assert (found.kind, found.words("it")) == (kind, words)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        pytest.param(
            "Investigators found no evidence of poison.",
            "Investigators have not found any evidence of poison.",
            id="no",
        ),
        pytest.param(
            "The raids hit schools and clinics.",
            "The raids hit not only schools but clinics.",
            id="not only left out",
        ),
        pytest.param(
            "He left the old city in May.",
            "He did not stay: he left the old city in May.",
            id="a denial elsewhere",
        ),
        pytest.param(
            "He did not leave.", "He did not not leave.", id="too short to be a repetition"
        ),
        pytest.param(
            "Iran and Russia saved the old regime.",
            "Russia and Iran saved the old regime.",
            id="a list turned round",
        ),
    ],
)
def test_what_says_the_same_in_nearly_the_same_words_is_left_alone(
    claim: str, evidence: str
) -> None:
    assert changed(claim, evidence) == ()


@pytest.mark.parametrize(
    ("claim", "added"),
    [
        pytest.param(
            "The old mills of the town closed in 1931 in secret.", ["secret"], id="at the end"
        ),
        pytest.param(
            "The old mills of the town quietly closed in 1931.", ["quietly"], id="in the middle"
        ),
        pytest.param(
            "Sadly the old mills of the town closed in 1931.", ["Sadly"], id="at the beginning"
        ),
        pytest.param(
            "The old mills of the town closed in 1931, the essay says.", [], id="who says so"
        ),
        pytest.param(
            "The old mills of the town closed in 1931, and so did the bakery.",
            [],
            id="what the next sentence says",
        ),
        pytest.param("The old mills of the town shut in 1931.", [], id="a word for another"),
        pytest.param("The mills closed.", [], id="less"),
    ],
)
def test_what_is_added_to_a_sentence_that_is_repeated_is_told(claim: str, added: list[str]) -> None:
    found = changed(claim, "The old mills of the town closed in 1931. The bakery did too.")
    assert [(one.kind, one.claim) for one in found] == [("addition", word) for word in added]


def test_it_is_said_in_words_after_what_else_differs() -> None:
    found = differences(
        read_facts("In 2014 Syria sold weapons to Israel."),
        read_facts("In 2013 Israel sold weapons to Syria."),
    )
    assert [mismatch.kind for mismatch in found] == ["date", "role"]
    assert found[1].words("the essay") == "the essay has Syria and Israel the other way round"


@given(st.text())
def test_no_text_differs_from_itself(text: str) -> None:
    assert changed(text, text) == ()
