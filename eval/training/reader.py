"""Train the reader: public questions with and without an answer → the adapter `rag/models/reader.safetensors`.

    python -m eval.training.reader FOLDER [--write]
    python -m eval.training.reader FOLDER --kept OUT       # the questions kept for reporting, as sets of their own

FOLDER holds the sets `squad2`, `clapnq`, `html`, `chunking`, `pairs-wice-dev.jsonl.gz` and
`pairs-factcheck.jsonl.gz`, none of which ships; the questions of
`eval/training/data/questions.jsonl` are about their texts. A question with an answer is paired with
the window that holds it, and some with a near one that does not; a question without one with the
window that seems to. Of the 18 articles of SQuAD 2.0 two are kept for `eval.training.answerable`
and three for reporting, of the passages of ClapNQ a third for reporting, and an eighth of the other
texts. No case of the suite and no text of the corpus that ships is read. Takes about 80 minutes on
two cores. Where page faults are dear (in many containers), MALLOC_MMAP_THRESHOLD_=4294967296 and
MALLOC_TRIM_THRESHOLD_=17179869184 in the environment keep it from half as long again.
"""

import argparse
import json
import logging
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from eval.sets.public import load_questions
from eval.training.lines import Texts, by_hash, in_part, read_lines
from eval.training.lora import SEED, Example, fit
from eval.types import Case
from ingest.embed import load_embeddings
from ingest.sources import read_corpus
from ingest.types import Span
from rag.models.reader import ADAPTER
from rag.search.keywords import KeywordRanking

EPOCHS = 2
MAX_TOKENS = 192
FIT_ARTICLES, REPORT_ARTICLES = 2, 3
HELD_PASSAGES, HELD_TEXTS = 3, 8  # one in so many
OTHER_WINDOW = 0.4  # of the questions without an answer, a window of their own
ELSEWHERE = (
    0.3  # of the questions with an answer, also a window of the same text that does not hold it
)
LIGHT = 0.5  # weight of a pair that nobody has read: the window may happen to answer after all
FAR = 200  # characters between such a window and the words that answer
DENSE = 0.6  # share of the embedding in finding the paragraph that a question without an answer is about

Paragraph = tuple[
    str, str, Span | None
]  # a document, words of it, and where in these the answer stands
Use = Literal["train", "fit", "report"]
Split = tuple[list[Example], list[Example]]  # to train on, held out


def main() -> None:
    """Train, report, and write the adapter if told to."""
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument("folder", type=Path, help="holds the public sets")
    parser.add_argument("--write", action="store_true", help=f"write {ADAPTER.name}")
    parser.add_argument(
        "--kept",
        type=Path,
        metavar="OUT",
        help="train nothing; write the questions kept for reporting there",
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("eval").setLevel(logging.INFO)
    sets = [options.folder / name for name in ("squad2", "clapnq")]
    if options.kept:
        for folder in sets:
            write_kept(folder, options.kept / folder.name)
        return
    parts = {folder.name: of_set(folder) for folder in sets} | {
        "questions": of_lines(Texts(options.folder))
    }
    pairs = [pair for train, _ in parts.values() for pair in train]
    model = fit(
        pairs,
        {name: held for name, (_, held) in parts.items()},
        epochs=EPOCHS,
        max_tokens=MAX_TOKENS,
    )
    if options.write:
        model.save(ADAPTER)


def uses(folder: Path) -> dict[str, Use]:
    """Return what each document of a public set is used for."""
    documents = by_hash(file.stem for file in (folder / "corpus").glob("*.txt"))
    if folder.name != "squad2":
        return {name: "report" if in_part(name, HELD_PASSAGES) else "train" for name in documents}
    last = FIT_ARTICLES + REPORT_ARTICLES
    return {
        name: "fit" if i < FIT_ARTICLES else "report" if i < last else "train"
        for i, name in enumerate(documents)
    }


def of_documents(folder: Path, use: Use) -> list[tuple[Case, str]]:
    """Return the questions of a public set that are about documents of this use, and those documents.

    A question without an answer is about the document of the paragraph that comes nearest to it.
    """
    found, used = _placed(folder), uses(folder)
    return [
        (case, document)
        for case, document in ((case, paragraphs[0][0]) for case, paragraphs in found)
        if used[document] == use
    ]


def write_kept(folder: Path, out: Path) -> None:
    """Write the questions of a public set that are kept for reporting, beside its whole corpus, as a set of its own."""
    kept = {case.id for case, _ in of_documents(folder, "report")}
    shutil.copytree(folder / "corpus", out / "corpus", dirs_exist_ok=True)
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    own = [line for line in lines if json.loads(line)["id"] in kept]
    (out / "questions.jsonl").write_text("".join(f"{line}\n" for line in own), encoding="utf-8")


def of_set(folder: Path) -> Split:
    """Return the questions of a public set, each with its paragraph."""
    used = uses(folder)
    train: list[Example] = []
    held_out: list[Example] = []
    for case, ((document, text, place), other) in _placed(folder):
        pair = Example(case.question, text, place is not None, place)
        if used[document] != "train":
            held_out += [pair] if used[document] == "report" else []
            continue
        train.append(pair)
        if place and in_part(case.id, 2) and used[other[0]] == "train":
            train.append(Example(case.question, other[1], label=False, weight=LIGHT))
    return train, held_out


def _placed(folder: Path) -> list[tuple[Case, tuple[Paragraph, Paragraph]]]:
    """Return each question of a set with the paragraph that answers or comes nearest, and the next nearest."""
    corpus = read_corpus(folder / "corpus")
    paragraphs = [
        (text.source_id, span) for text in corpus.texts for span in _paragraphs(text.body)
    ]
    texts = [corpus.body(document)[start:end] for document, (start, end) in paragraphs]
    cases = load_questions(folder, corpus)
    found: list[tuple[Case, tuple[Paragraph, Paragraph]]] = []
    for case, near in zip(cases, _nearest([case.question for case in cases], texts), strict=True):
        own, place = _answering(case, paragraphs) or (near[0], None)
        other = next((i for i in near if i != own), own)
        found.append(
            (
                case,
                (
                    (paragraphs[own][0], texts[own], place),
                    (paragraphs[other][0], texts[other], None),
                ),
            )
        )
    return found


def _paragraphs(body: str) -> Iterator[Span]:
    at = 0
    for paragraph in body.split("\n\n"):
        if paragraph.strip():
            yield at, at + len(paragraph)
        at += len(paragraph) + 2


def _answering(case: Case, paragraphs: Sequence[tuple[str, Span]]) -> tuple[int, Span] | None:
    """Return which paragraph holds the first of the answers of a question, and where in it."""
    for span in (span for item in case.evidence for span in item.spans):
        for i, (document, (start, end)) in enumerate(paragraphs):
            if document == span.source_id and start <= span.start and span.end <= end:
                return i, (span.start - start, span.end - start)
    return None


def _nearest(questions: Sequence[str], texts: Sequence[str]) -> list[list[int]]:
    """Return for each question the two texts that an embedding and BM25 together rank first."""
    embeddings, keywords = load_embeddings(), KeywordRanking(texts)
    similar = (
        np.asarray(embeddings.embed_documents(list(questions)))
        @ np.asarray(embeddings.embed_documents(list(texts))).T
    )
    found = []
    for question, dense in zip(questions, similar, strict=True):
        bm25 = keywords.scores(question)
        fused = DENSE * dense / max(float(dense.max()), 1e-9) + (1 - DENSE) * bm25 / max(
            float(bm25.max()), 1e-9
        )
        found.append([int(i) for i in np.argsort(-fused, kind="stable")[:2]])
    return found


def of_lines(texts: Texts) -> Split:
    """Return the pairs of `questions.jsonl`."""
    rng = random.Random(SEED)
    train: list[Example] = []
    held_out: list[Example] = []
    for line in read_lines("questions"):
        body = texts.body(line["set"], line["document"])
        start, end = texts.window(line, rng)
        place = line["answer"][0] - start, line["answer"][1] - start
        other = texts.window(line, rng) if rng.random() < OTHER_WINDOW else (start, end)
        pairs = [
            Example(line["answerable"], body[start:end], label=True, place=place),
            Example(line["unanswerable"], body[other[0] : other[1]], label=False),
        ]
        if in_part(line["document"], HELD_TEXTS):
            held_out += pairs
        else:
            train += [*pairs, *_elsewhere(texts, line, body, rng)]
    return train, held_out


def _elsewhere(
    texts: Texts, line: Mapping[str, Any], body: str, rng: random.Random
) -> list[Example]:
    """Return, for some lines, the question that has an answer with a far window of its text that does not hold it."""
    (start, end), answer = line["near"], line["answer"]
    words = body[answer[0] : answer[1]].casefold()
    far = [at for at in range(0, len(body), FAR) if at + FAR < start - FAR or at > end + FAR]
    if rng.random() >= ELSEWHERE or not far:
        return []
    at = rng.choice(far)
    begins, ends = texts.window({**line, "near": (at, at + 1)}, rng)
    window = body[begins:ends]
    return (
        []
        if words in window.casefold()
        else [Example(line["answerable"], window, label=False, weight=LIGHT)]
    )


if __name__ == "__main__":
    main()
