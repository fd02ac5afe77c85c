"""(evidence, claim, supported) pairs → how well a verifier or a judge tells them apart.

A row of the file (`.jsonl` or `.jsonl.gz`) is `{"id", "set", "evidence", "claim", "supported"}`.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from rich.table import Table

from eval.metrics.judge import Judge
from eval.metrics.stats import auroc, balanced_accuracy, bootstrap
from eval.types import Rows
from ingest.errors import CaseError

ALL = "all"
BATCH = 64  # pairs scored between two steps of the progress bar


class Pair(BaseModel):
    """A claim, what it is checked against, and whether a person found it supported."""

    model_config = ConfigDict(frozen=True, strict=True)

    id: str
    set: str
    evidence: str
    claim: str
    supported: bool


@dataclass(frozen=True, slots=True)
class PairsFigure:
    """One judge over one set.

    Balanced accuracy is at the judge's own threshold, `low` and `high` its 95% interval.
    """

    judge: str
    set: str
    n: int
    supported: float
    balanced_accuracy: float
    low: float
    high: float
    auroc: float


def read_pairs(file: Path) -> tuple[Pair, ...]:
    """Return the pairs of a file.

    Raises CaseError, naming the file and the line, for anything invalid.
    """
    try:
        content = file.read_bytes()
        text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise CaseError(f"pairs {str(file)!r} cannot be read: {error}") from error
    return tuple(_parse(file, text.split("\n")))


def _parse(file: Path, lines: list[str]) -> Iterator[Pair]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield Pair.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(part) for part in problem["loc"])
            raise CaseError(
                f"pairs {str(file)!r}, line {number}: {place} {problem['msg']}"
            ) from error


def score_pairs(
    pairs: Sequence[Pair], judge: Judge, advance: Callable[[int], None] = lambda count: None
) -> tuple[PairsFigure, ...]:
    """Return the figures of a judge: of each set that holds both kinds of claim, and of all pairs.

    `advance` is called with the number of pairs just scored. Raises CaseError for pairs that are
    all of one kind.
    """
    if len({pair.supported for pair in pairs}) < 2:
        raise CaseError(
            f"{len(pairs)} pairs hold one kind of claim; give supported and unsupported ones, "
            "or a larger --sample"
        )
    rows = np.array(list(_scored(pairs, judge, advance)), dtype=np.float64)
    sets = np.array([pair.set for pair in pairs])
    chosen: list[tuple[str, Rows]] = []
    for name in dict.fromkeys(pair.set for pair in pairs):
        of_set = rows[sets == name]
        if len(set(of_set[:, 0])) == 2:
            chosen.append((name, of_set))
    if len(chosen) != 1:
        chosen.append((ALL, rows))
    return tuple(_figure(judge, name, some) for name, some in chosen)


def _scored(
    pairs: Sequence[Pair], judge: Judge, advance: Callable[[int], None]
) -> Iterator[tuple[bool, float]]:
    """Yield for each pair whether it is supported, and its score."""
    for at in range(0, len(pairs), BATCH):
        batch = pairs[at : at + BATCH]
        scores = judge.score([pair.evidence for pair in batch], [pair.claim for pair in batch])
        for pair, score in zip(batch, scores, strict=True):
            yield pair.supported, score
        advance(len(batch))


def _figure(judge: Judge, name: str, rows: Rows) -> PairsFigure:
    def accuracy(drawn: Rows) -> float:
        return balanced_accuracy(drawn[:, 0] == 1, drawn[:, 1] >= judge.threshold)

    low, high = bootstrap(rows, accuracy)
    return PairsFigure(
        judge=judge.name,
        set=name,
        n=len(rows),
        supported=float(rows[:, 0].mean()),
        balanced_accuracy=accuracy(rows),
        low=low,
        high=high,
        auroc=auroc(rows[:, 0] == 1, rows[:, 1]),
    )


def pairs_table(figures: Sequence[PairsFigure]) -> Table:
    """Return the figures as a table."""
    table = Table(title="Claims told apart", title_justify="left")
    for column in ("set", "judge"):
        table.add_column(column, justify="left")
    for column in ("balanced accuracy", "95% interval", "AUROC", "n", "supported"):
        table.add_column(column, justify="right")
    for figure in sorted(figures, key=lambda one: one.set):
        table.add_row(
            figure.set,
            figure.judge,
            f"{figure.balanced_accuracy:.3f}",
            f"{figure.low:.3f} – {figure.high:.3f}",
            f"{figure.auroc:.3f}",
            str(figure.n),
            f"{figure.supported:.0%}",
        )
    return table


def write_pairs(figures: Sequence[PairsFigure], file: Path) -> None:
    """Write the figures as a JSON list."""
    content = json.dumps([asdict(figure) for figure in figures], indent=1)
    file.write_text(f"{content}\n", encoding="utf-8")
