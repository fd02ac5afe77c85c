"""The training lines are well formed, and none of them is a case of the suite."""

import random
from pathlib import Path

import pytest

from eval.sets.cases import SHIPPED, load_cases
from eval.training.lines import WINDOWS, Texts, by_hash, in_part, read_lines
from ingest.errors import CaseError
from ingest.sources import read_corpus

SIDES = {
    "questions": ("answerable", "unanswerable"),
    "claims": ("supported", "unsupported"),
    "essay": ("answerable", "unanswerable"),
}
TEXT = {**SIDES, "gold": ("question",), "orders": ("text",), "orders-test": ("text",)}
BODY = " ".join(f"Mill number {n} stood by the river and ground corn." for n in range(60))


@pytest.mark.parametrize("name", [*SIDES, "gold", "orders", "orders-test"])
def test_no_line_stands_twice(name: str) -> None:
    lines = [tuple(map(str, line.values())) for line in read_lines(name)]
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("name", SIDES)
def test_a_line_has_two_different_texts(name: str) -> None:
    for line in read_lines(name):
        one, other = (line[side] for side in SIDES[name])
        assert one.strip()
        assert other.strip()
        assert one != other


def test_an_answer_stands_inside_what_its_line_is_about() -> None:
    for line in read_lines("questions"):
        assert 0 <= line["near"][0] <= line["answer"][0] < line["answer"][1] <= line["near"][1]


@pytest.mark.parametrize("name", [*SIDES, "gold", "orders", "orders-test"])
def test_no_line_is_a_case_of_the_suite(name: str) -> None:
    asked = {
        case.question.casefold().strip(" ?")
        for case in load_cases(SHIPPED, read_corpus(), halves=("dev", "test"))
    }
    lines = {
        str(line[side]).casefold().strip(" ?") for line in read_lines(name) for side in TEXT[name]
    }
    assert lines & asked == set()


def test_the_words_that_answer_stand_in_the_essay() -> None:
    body = read_corpus().body("essay")
    answers = [words for line in read_lines("gold") for words in line["gold"]]
    assert [words for words in answers if words not in body] == []


def test_no_input_is_both_fitted_to_and_measured_on() -> None:
    fitted = {line["text"].casefold() for line in read_lines("orders")}
    measured = {line["text"].casefold() for line in read_lines("orders-test")}
    assert fitted & measured == set()


def test_a_window_holds_what_the_line_is_about_in_whole_sentences(tmp_path: Path) -> None:
    (tmp_path / "squad2/corpus").mkdir(parents=True)
    (tmp_path / "squad2/corpus/mills.txt").write_text(BODY, encoding="utf-8")
    texts, near = Texts(tmp_path), BODY.index("number 30")
    line = {"set": "squad2", "document": "mills", "near": [near, near + 9]}
    for seed in range(20):
        start, end = texts.window(line, random.Random(seed))
        assert start <= near < near + 9 <= end
        assert BODY[start:end].startswith("Mill number")
        assert BODY[start:end].endswith("corn.")
        assert end - start <= max(WINDOWS)


def test_a_text_that_is_not_there_is_named(tmp_path: Path) -> None:
    for name in ("squad2", "html", "wice"):
        with pytest.raises(CaseError, match=rf"'gone' of the set '{name}'"):
            Texts(tmp_path).body(name, "gone")


def test_parts_and_orders_by_hash_are_the_same_everywhere() -> None:
    assert by_hash(["a", "b", "c", "a"]) == by_hash("cba")
    assert sorted(by_hash("abca")) == ["a", "b", "c"]
    assert 0.2 < sum(in_part(str(n), 4) for n in range(1000)) / 1000 < 0.3
