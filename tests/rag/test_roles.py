"""Names that a claim has the other way round are told, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.roles import differences, exchanged

SOLD = "The Soviet Union sold weapons to the Syrian dictatorship, and Syrian students often studied in Russia."
MET = "Putin received Netanyahu in Moscow in June 2016."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        pytest.param("Syria sold weapons to the Soviet Union.", "The Soviet Union sold weapons to Syria.", id="two names"),
        pytest.param("The Syrian dictatorship sold weapons to the Soviet Union.", SOLD, id="an adjective, and more said"),
        pytest.param("Netanyahu received Putin in Moscow.", MET, id="less said"),
        pytest.param(
            "He left. In 2016 Israel’s army trained Egypt’s army.", "In 2016 Egypt’s army trained Israel’s army.", id="of"
        ),
        pytest.param("ISIS fought the Free Army at Palmyra.", "Free Army fought Islamic State at Palmyra.", id="by a variant"),
    ],
)
def test_names_the_other_way_round_are_told(claim: str, evidence: str) -> None:
    assert [mismatch.kind for mismatch in exchanged(claim, evidence)] == ["role"]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        pytest.param("Syria bought weapons from the Soviet Union.", SOLD, id="the verb is turned round"),
        pytest.param("Weapons were sold to Syria by the Soviet Union.", SOLD, id="a passive"),
        pytest.param("The Soviet Union sold weapons to Syria.", SOLD, id="the same way round"),
        pytest.param("Egypt sold weapons to Syria.", SOLD, id="another name"),
        pytest.param("Russia and Iran saved the regime.", "Iran and Russia saved the regime.", id="a list"),
        pytest.param("", SOLD, id="no claim"),
        pytest.param(SOLD, "", id="no evidence"),
    ],
)
def test_what_is_not_exchanged_is_left_alone(claim: str, evidence: str) -> None:
    assert exchanged(claim, evidence) == ()


def test_it_is_said_in_words_after_what_else_differs() -> None:
    found = differences("In 2014 Syria sold weapons to Israel.", "In 2013 Israel sold weapons to Syria.")
    assert [mismatch.kind for mismatch in found] == ["date", "role"]
    assert found[1].words("the essay") == "the essay has Syria and Israel the other way round"


@given(st.text())
def test_no_text_differs_from_itself(text: str) -> None:
    assert exchanged(text, text) == ()
