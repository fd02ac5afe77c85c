"""A follow-up is put by the model if it keeps to the conversation, else by rule."""

import pytest

from rag.types import Turn
from rag.write.rewrite import Rewriter
from tests.rag.scripted_chat import ScriptedChat, said

TURNS = (
    Turn("How many children did Russian airstrikes kill?", "They killed 746 children in 2015."),
)
BY_RULE = "By rule?"


def put(
    reply: str | Exception, question: str = "And women?", turns: tuple[Turn, ...] = TURNS
) -> tuple[str, ScriptedChat]:
    """Return how the question is put, and the model."""
    model = ScriptedChat(replies=[reply])
    return Rewriter(model, lambda question, history: BY_RULE)(question, turns), model


def test_a_follow_up_is_put_by_the_model() -> None:
    asked, model = put("How many women did\nRussian airstrikes kill?")
    assert asked == "How many women did Russian airstrikes kill?"
    assert "Answer: They killed 746 children in 2015." in said(model.asked[0])


def test_without_a_history_no_model_is_asked() -> None:
    asked, model = put("never said", "Why?", ())
    assert (asked, model.asked) == ("Why?", [])


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("", id="nothing"),
        pytest.param("They killed 514 women.", id="an answer"),
        pytest.param("How many women did Israel kill?", id="a name of its own"),
        pytest.param("How many of the 514 women did they kill?", id="a figure of its own"),
        pytest.param("How many women did they kill in 1999?", id="a year of its own"),
        pytest.param("How many " * 200 + "women?", id="too long"),
        pytest.param(ConnectionError("refused"), id="a failure"),
    ],
)
def test_what_does_not_keep_to_the_conversation_is_put_by_rule(reply: str | Exception) -> None:
    assert put(reply)[0] == BY_RULE


def test_thoughts_and_markup_are_left_out() -> None:
    assert (
        put("<think>Hm.</think>**How many women did they kill?**")[0]
        == "How many women did they kill?"
    )
