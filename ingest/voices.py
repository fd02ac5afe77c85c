"""Who speaks: the essay in its own words, or a note of ours on a source.

Readers are always told whose words they see, and everywhere by the same name: "the essay",
"note on SNHR". A corpus of several main texts names them by their titles.
"""

import re

from ingest.types import Source


def speaker(source: Source, *, only: bool = True) -> str:
    """Return who speaks in a text of this source: "essay", "note on SNHR" or, in “…”, its title.

    `only` says that the corpus has one main text, which needs no other name.
    """
    if source.wording == "note":
        return f"note on {short_name(source)}"
    return "essay" if only else f"“{source.title}”"


def whose_words(source: Source, *, only: bool = True) -> str:
    """Return whose words a text of this source is in: "essay, verbatim", "note on SNHR"."""
    verbatim = ", verbatim" if source.wording == "verbatim" else ""
    return f"{speaker(source, only=only)}{verbatim}"


def introduction(source: Source, *, only: bool) -> str:
    """Return the words before a quotation: "The essay says", "Note on SNHR (2016-08-17)"."""
    name = speaker(source, only=only)
    if source.wording == "verbatim":
        return f"{'The essay' if only else name} says"
    # What follows the date says how sure it is; that stands with the citation.
    date = (source.date or "").split(" (")[0]
    in_brackets = f" ({date})" if date else ""
    return f"{name[0].upper()}{name[1:]}{in_brackets}"


def short_name(source: Source) -> str:
    """Return the publisher as people call it, or the title in “…” where it has no such name.

    "Syrian Network for Human Rights (SNHR)" is "SNHR"; who carried a report is left out.
    """
    publisher = source.publisher or ""
    letters = re.search(r"\(([A-Z]{2,6})\)", publisher)
    name = letters.group(1) if letters else re.split(r" \(|, ", publisher)[0]
    return name if name[:1].isupper() else f"“{source.title}”"
