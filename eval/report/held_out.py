"""A report → the same without the words of its held-out cases.

Whoever reads a held-out question has spent it: the next change may be made for it. So the figures,
the ids and what failed stay, and the question, its gold and its answer go, wherever a report is
printed or written (`--show-held-out` keeps them).
"""

from dataclasses import replace

from eval.types import Outcome, Report

HELD_OUT = "(held out)"


def without_held_out_words(report: Report) -> Report:
    """Return the report with the cases of the test half as figures only."""
    outcomes = tuple(_hidden(o) if is_held_out(o) else o for o in report.outcomes)
    return replace(report, outcomes=outcomes)


def is_held_out(outcome: Outcome) -> bool:
    """Say whether a case is of the half that is only measured."""
    return outcome.observed.case.half == "test"


def _hidden(outcome: Outcome) -> Outcome:
    seen = outcome.observed
    case = replace(
        seen.case, question=HELD_OUT, evidence=(), history=(), standalone=None, says=(),
        never_says=(),
    )  # fmt: skip
    answer = replace(
        seen.answer, question=HELD_OUT, standalone_question=HELD_OUT, sentences=(), citations=(),
        nearest=(), reason=None, withheld=(), unknown_markers=(), notice=None, suggestions=(),
    )  # fmt: skip
    # What was raised may quote the question.
    error = seen.error and seen.error.partition(":")[0]
    kept = replace(seen, case=case, answer=answer, hits=(), alone=None, error=error)
    return replace(outcome, observed=kept)
