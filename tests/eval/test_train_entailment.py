"""What is trained on, what the regression is fitted on and what is reported on stay apart."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.sets.pairs import Pair, read_pairs
from eval.training import entailment
from eval.training.entailment import of_claims, of_pairs
from eval.training.lines import PAIRS, Texts, text_key
from eval.training.splits import group, part_of
from ingest.errors import CaseError

TEXTS = [
    f"Mill {n} stood by the river. Miller {n} sold Baker {n} the corn of 19{n}."
    for n in range(10, 90)
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a set of pairs: each text with a claim it bears out and one not."""
    rows = [
        {
            "id": f"{n}-{supported}",
            "set": "mills",
            "evidence": text,
            "claim": claim,
            "supported": supported,
        }
        for n, text in enumerate(TEXTS)
        for supported, claim in (
            (True, text.split(". ")[1]),
            (False, f"Nobody sold the corn of text {n}."),
        )
    ]
    file = tmp_path / f"{PAIRS['wice']}.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return tmp_path


@pytest.fixture
def pairs(folder: Path) -> tuple[Pair, ...]:
    """Return the pairs of that set."""
    return read_pairs(folder / f"{PAIRS['wice']}.jsonl.gz")


def parts(pairs: tuple[Pair, ...]) -> Mapping[str, set[str]]:
    """Return the texts of each part."""
    found: dict[str, set[str]] = {"train": set(), "fit": set(), "report": set()}
    for pair, name in zip(pairs, group(pairs), strict=True):
        found[part_of(name)].add(pair.evidence)
    return found


def test_a_text_belongs_to_one_part(pairs: tuple[Pair, ...]) -> None:
    found = parts(pairs)
    assert all(found.values())
    assert sum(map(len, found.values())) == len(TEXTS)


def test_claims_that_share_a_text_or_texts_that_share_a_claim_stay_together() -> None:
    rows = [("a", "x"), ("b", "x"), ("b", "y"), ("c", "z")]
    names = group(
        [Pair(id="", set="", evidence=text, claim=claim, supported=True) for text, claim in rows]
    )
    assert names[0] == names[1] == names[2] != names[3]


def test_a_public_set_trains_with_its_own_part_and_reports_on_its_own(
    pairs: tuple[Pair, ...],
) -> None:
    train, held_out = of_pairs(pairs)
    found = parts(pairs)
    assert {pair.second for pair in train} == found["train"]
    assert {pair.second for pair in held_out} == found["report"]
    assert len(held_out) == 2 * len(found["report"])


def test_the_classes_weigh_the_same_and_altered_claims_are_not_borne_out(
    pairs: tuple[Pair, ...],
) -> None:
    train, _ = of_pairs(pairs)
    claims = {pair.claim for pair in pairs}
    assert {pair.label for pair in train if pair.first not in claims} == {False}
    weights = {True: 0.0, False: 0.0}
    for pair in train:
        if pair.first in claims:
            weights[pair.label] += pair.weight
    assert weights[True] == pytest.approx(weights[False])


def test_no_claim_about_a_text_that_is_reported_on_is_trained_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        {
            "set": "wice",
            "document": text_key(text),
            "near": [0, len(text)],
            "supported": "It is so.",
            "unsupported": "It is not.",
        }
        for text in TEXTS
    ]
    monkeypatch.setattr(entailment, "read_lines", lambda name: lines)
    reported = frozenset(text_key(text) for text in TEXTS[::2])
    read = {pair.second for side in of_claims(Texts(folder), reported) for pair in side}
    assert read == set(TEXTS[1::2])


def test_the_set_whose_text_is_missing_is_named(folder: Path) -> None:
    with pytest.raises(CaseError, match="factcheck"):
        Texts(folder).body("factcheck", "0123456789")
