"""The dates of a text, and when two of them are the same.

A date may be less precise than its evidence, not more: 2015 fits September 2015. "Last year" is
left alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.words import MONTHS

YEAR, MONTH = r"(?P<year>1\d{3}|20\d{2})", rf"(?P<month>{'|'.join(MONTHS)})"
MONTH_ALONE = (
    r"(?i:\b(?:in|since|until|by|early|late|mid|of|between|from|to|last)[ -])" + MONTH + r"\b"
)
YEAR_ALONE = (
    rf"(?<![\d,.$€£/-]){YEAR}"
    r"(?![\d%]|,\d|\.\d|\s?(?:per ?cent|million|billion|thousand))"
)
DATES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"(?<!\d){YEAR}-(?P<numeral>\d\d)-(?P<day>\d\d)(?!\d)",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? {YEAR})?\b",
        rf"\b{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d)(?:,? {YEAR})?",
        rf"\b{MONTH},? (?:of )?{YEAR}\b",
        rf"\b{YEAR}(?P<decade>s)\b",
        rf"(?<![\d,.])\b{YEAR}[-/\u2013](?P<last>\d\d)(?![\d-])",
        MONTH_ALONE,
        YEAR_ALONE,
    )
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date as precise as it was given: years (first, last), month 1 to 12, day 1 to 31.

    None stands for what was not given.
    """

    text: str
    years: tuple[int, int] | None
    month: int | None
    day: int | None


def read_dates(text: str) -> tuple[tuple[Date, ...], str]:
    """Return the dates of a text, and the text with blanks in their place."""
    dates: list[tuple[int, Date]] = []
    for pattern in DATES:
        dates += [(match.start(), _date(match)) for match in pattern.finditer(text)]
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return tuple(date for _, date in sorted(dates, key=lambda pair: pair[0])), text


def _date(match: re.Match[str]) -> Date:
    parts = match.groupdict()
    year, month, day = parts.get("year"), parts.get("month"), parts.get("day")
    number = MONTHS.index(month) + 1 if month else int(parts.get("numeral") or 0) or None
    bare_month = month and not year and not day
    return Date(
        text=str(month) if bare_month else match.group(),
        years=(int(year), _last_year(year, parts)) if year else None,
        month=number,
        day=int(day) if day else None,
    )


def _last_year(year: str, parts: dict[str, str | None]) -> int:
    """Return the last year of "1990s", "2018-19" or "2018"."""
    return int(year) + 9 if parts.get("decade") else int(year[:2] + (parts.get("last") or year[2:]))


def stated_date(claim: Date, dates: Sequence[Date]) -> bool:
    """Tell whether one of the dates is that of the claim, as precise or more."""
    return any(_dated(claim, date, dates) for date in dates)


def bare_year(claim: Date) -> int | None:
    """Return the year of a date that is nothing else: "1946 men" looks like one."""
    return claim.years[0] if claim.years and not claim.month else None


def other_date(claim: Date, dates: Sequence[Date]) -> Date | None:
    """Return the first date that is as precise, and in one part the same if it has parts."""
    return next((date for date in dates if _rival_dates(claim, date)), None)


def _dated(claim: Date, evidence: Date, others: Sequence[Date]) -> bool:
    if claim.month and claim.month != evidence.month:
        return False
    if claim.day and claim.day != evidence.day:
        return False
    if not claim.years:
        return True
    first, last = claim.years
    spans = [evidence.years] if evidence.years else [other.years for other in others]
    return any(years is not None and first <= years[0] and years[1] <= last for years in spans)


def _rival_dates(claim: Date, evidence: Date) -> bool:
    if bool(claim.month) != bool(evidence.month) or bool(claim.day) != bool(evidence.day):
        return False
    same_year = claim.years == evidence.years
    same_day = (claim.month, claim.day) == (evidence.month, evidence.day)
    return same_year or same_day or not claim.month
