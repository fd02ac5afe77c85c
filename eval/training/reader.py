"""Train the reader: questions with and without an answer → `rag/models/reader.safetensors`.

    python -m eval.training.reader FOLDER [--write]
    python -m eval.training.reader FOLDER --kept OUT

The second form trains nothing; it writes the questions kept for reporting, as sets of their own.
FOLDER holds the sets `squad2`, `clapnq`, `html`, `chunking`, `pairs-wice-dev.jsonl.gz` and
`pairs-factcheck.jsonl.gz`, none of which ships; the questions of
`eval/training/data/questions.jsonl` are about their texts. A question with an answer is paired with
the window that holds it, and some with a near one that does not; a question without one with the
window that seems to. Of the 18 articles of SQuAD 2.0 two are kept for `eval.training.answerable`
and three for reporting, of the passages of ClapNQ a third for reporting, and an eighth of the other
texts. No case of the suite and no text of the corpus that ships is read.

Takes about 80 minutes on two cores. Where page faults are dear (in many containers),
MALLOC_MMAP_THRESHOLD_=4294967296 and MALLOC_TRIM_THRESHOLD_=17179869184 in the environment help.
"""

import argparse
import json
import logging
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from eval.training.examples import Example
from eval.training.lines import Texts, by_hash, in_part, read_lines
from eval.training.lora import SEED, fit
from eval.training.paragraphs import place_questions
from eval.types import Case
from rag.models.reader import ADAPTER

EPOCHS = 2
MAX_TOKENS = 192
FIT_ARTICLES, REPORT_ARTICLES = 2, 3
HELD_PASSAGES, HELD_TEXTS = 3, 8  # one in so many
OTHER_WINDOW = 0.4  # of the questions without an answer, a window of their own
# Of the questions with an answer, also a window of the same text that does not hold it.
ELSEWHERE = 0.3
LIGHT = 0.5  # weight of a pair that nobody has read: the window may happen to answer after all
FAR = 200  # characters between such a window and the words that answer

Use = Literal["train", "fit", "report"]
ReaderSplit = tuple[list[Example], list[Example]]  # to train on, held out


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
    parts = {folder.name: of_set(folder) for folder in sets}
    parts["questions"] = of_lines(Texts(options.folder))
    pairs = [pair for train, _ in parts.values() for pair in train]
    held_out = {name: held for name, (_, held) in parts.items()}
    model = fit(pairs, held_out, epochs=EPOCHS, max_tokens=MAX_TOKENS)
    if options.write:
        model.save(ADAPTER)


def uses(folder: Path) -> dict[str, Use]:
    """Return what each document of a public set is used for."""
    documents = by_hash(file.stem for file in (folder / "corpus").glob("*.txt"))
    if folder.name != "squad2":
        return {name: "report" if in_part(name, HELD_PASSAGES) else "train" for name in documents}
    used: dict[str, Use] = dict.fromkeys(documents, "train")
    last = FIT_ARTICLES + REPORT_ARTICLES
    used |= dict.fromkeys(documents[:FIT_ARTICLES], "fit")
    used |= dict.fromkeys(documents[FIT_ARTICLES:last], "report")
    return used


def of_documents(folder: Path, use: Use) -> list[tuple[Case, str]]:
    """Return the questions about documents of this use, each with its document.

    A question without an answer is about the document of the paragraph that comes nearest to it.
    """
    used = uses(folder)
    asked = [(placed.case, placed.paragraph.document) for placed in place_questions(folder)]
    return [(case, document) for case, document in asked if used[document] == use]


def write_kept(folder: Path, out: Path) -> None:
    """Write the questions kept for reporting, beside the whole corpus, as a set of its own."""
    kept = {case.id for case, _ in of_documents(folder, "report")}
    shutil.copytree(folder / "corpus", out / "corpus", dirs_exist_ok=True)
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    kept_lines = [f"{line}\n" for line in lines if json.loads(line)["id"] in kept]
    (out / "questions.jsonl").write_text("".join(kept_lines), encoding="utf-8")


def of_set(folder: Path) -> ReaderSplit:
    """Return the questions of a public set, each with its paragraph."""
    used = uses(folder)
    train: list[Example] = []
    held_out: list[Example] = []
    for placed in place_questions(folder):
        case, paragraph, other = placed.case, placed.paragraph, placed.other
        answered = paragraph.place is not None
        pair = Example(case.question, paragraph.text, answered, paragraph.place)
        use = used[paragraph.document]
        if use == "report":
            held_out.append(pair)
        if use != "train":
            continue
        train.append(pair)
        if answered and in_part(case.id, 2) and used[other.document] == "train":
            train.append(Example(case.question, other.text, label=False, weight=LIGHT))
    return train, held_out


def of_lines(texts: Texts) -> ReaderSplit:
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
    """Return, for some lines, the question with a far window of its text that does not answer."""
    (start, end), answer = line["near"], line["answer"]
    words = body[answer[0] : answer[1]].casefold()
    far = [at for at in range(0, len(body), FAR) if at + FAR < start - FAR or at > end + FAR]
    if rng.random() >= ELSEWHERE or not far:
        return []
    at = rng.choice(far)
    begins, ends = texts.window({**line, "near": (at, at + 1)}, rng)
    window = body[begins:ends]
    if words in window.casefold():
        return []
    return [Example(line["answerable"], window, label=False, weight=LIGHT)]


if __name__ == "__main__":
    main()
