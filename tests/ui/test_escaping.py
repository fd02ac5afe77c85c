"""No text of a question, a corpus or a model becomes markup."""

from dataclasses import replace
from typing import Any

import pytest

from ingest.types import Passage
from rag.types import Found, Hit, Sentence
from tests.ui.answers import MAIN, NOTE, answer, cited
from ui.citations import text_html
from ui.pending import found_html
from ui.render import answer_html, exchange_html, problem_html

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize(
    "hostile",
    [SCRIPT, IMAGE, "' onmouseover='alert(1)", "<b>&lt;i&gt;"],
    ids=["script", "img", "quote", "entity"],
)
@pytest.mark.parametrize(
    "render",
    [
        pytest.param(lambda text: exchange_html(text, ""), id="question"),
        pytest.param(problem_html, id="problem"),
        pytest.param(lambda text: answer_html(answer(cited(MAIN, quote=text))), id="quote"),
        pytest.param(lambda text: answer_html(answer(cited(MAIN, locator=text))), id="locator"),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(MAIN, id=text)))), id="source id"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(MAIN, title=text)))), id="title"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(MAIN, author=text)))), id="author"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(NOTE, publisher=text)))), id="publisher"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(MAIN, licence=text)))), id="licence"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(NOTE, url="https://a/" + text)))),
            id="address",
        ),
        pytest.param(lambda text: answer_html(answer(status="partly", reason=text)), id="reason"),
        pytest.param(lambda text: answer_html(answer(notice=text)), id="notice"),
        pytest.param(
            lambda text: answer_html(answer(sentences=(Sentence("a", "quoted", (), text),))),
            id="lead",
        ),
        pytest.param(
            lambda text: answer_html(answer(sentences=(Sentence(text, "supported", ()),))),
            id="sentence",
        ),
        pytest.param(
            lambda text: answer_html(answer(withheld=(Sentence(text, "unsupported", ()),))),
            id="withheld",
        ),
        pytest.param(
            lambda text: answer_html(answer(nearest=(cited(MAIN, quote=text),))), id="nearest"
        ),
        pytest.param(
            lambda text: found_html(
                Found("q", (Hit(Passage("a", 0, 1, text, "p", 0, 1), MAIN, 1.0),))
            ),
            id="hit",
        ),
    ],
)
def test_no_text_becomes_markup(render: Any, hostile: str) -> None:
    shown = render(hostile)
    assert hostile not in shown
    assert text_html(hostile).replace(" ", "") in shown.replace(" ", "").replace(
        '<spanclass="tail">', ""
    )
    assert "<script" not in shown
    assert "<img" not in shown


def test_a_line_break_in_a_text_does_not_end_the_line_of_html() -> None:
    shown = answer_html(answer(cited(MAIN, quote="one\n\n# two\r\nthree")))
    assert "\n" not in shown
    assert "\r" not in shown
    assert "one&#10;&#10;# two&#13;&#10;three" in shown
