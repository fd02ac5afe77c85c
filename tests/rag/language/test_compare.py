"""Facts are read as a careful reader would, and a claim that states one otherwise is found out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.compare import Mismatch, compare, read_facts
from rag.language.words import names, stem

ESSAY = (
    "In the first 305 days of its intervention, Russian airstrikes killed 2,704 civilians, "
    "including 746 children."
)
AIRSTRIKES = "Russian airstrikes killed {} civilians"


def differing(claim: str, evidence: str) -> tuple[Mismatch, ...]:
    return compare(read_facts(claim), read_facts(evidence))


@pytest.mark.parametrize(
    ("text", "value", "low", "high", "unit"),
    [
        pytest.param("2,704 civilians", 2704, 2704, 2704, "", id="comma"),
        pytest.param("83%", 83, 83, 83, "%", id="percent-sign"),
        pytest.param("26 per cent", 26, 26, 26, "%", id="per-cent"),
        pytest.param("close to 80 percent", 80, 76, 80, "%", id="almost"),
        pytest.param("just under, not over, 80 percent", 80, 76, 80, "%", id="not-over"),
        pytest.param("over 80%", 80, 80, float("inf"), "%", id="over"),
        pytest.param("no more than 15 of them", 15, float("-inf"), 15, "", id="at-most"),
        pytest.param("at least 27 hospitals", 27, 27, float("inf"), "", id="at-least"),
        pytest.param("about 2,700 people", 2700, 2650, 2750, "", id="about-half-a-unit"),
        pytest.param("about 2,704 people", 2704, 2703.5, 2704.5, "", id="about-an-exact-figure"),
        pytest.param("roughly 1,000 dead", 1000, 950, 1050, "", id="about-within-five-percent"),
        pytest.param("6,000 to 10,000 men", 6000, 6000, 10000, "", id="range"),
        pytest.param("6,000\u201310,000 men", 6000, 6000, 10000, "", id="range-with-a-dash"),
        pytest.param("between 20 and 30 ships", 20, 20, 30, "", id="between"),
        pytest.param("6 billion dollars", 6e9, 6e9, 6e9, "dollar", id="dollars"),
        pytest.param("US$3.5bn", 3.5e9, 3.5e9, 3.5e9, "dollar", id="dollar-sign"),
        pytest.param("9 million euros", 9e6, 9e6, 9e6, "euro", id="euros"),
        pytest.param("twenty-five hospitals", 25, 25, 25, "", id="words"),
        pytest.param("half a dozen attacks", 6, 6, 6, "", id="half-a-dozen"),
        pytest.param("two hundred thousand", 200000, 200000, 200000, "", id="scales"),
        pytest.param("a hundred men", 100, 100, 100, "", id="article"),
        pytest.param("four-fifths of strikes", 80, 80, 80, "%", id="fraction"),
        pytest.param("a quarter of the bombs", 25, 25, 25, "%", id="a-quarter-of"),
        pytest.param("at 18:30", 18.5, 18.5, 18.5, "o'clock", id="time"),
        pytest.param("a 49-year agreement", 49, 49, 49, "", id="hyphen"),
    ],
)
def test_a_number_is_an_interval_with_a_unit(
    text: str, value: float, low: float, high: float, unit: str
) -> None:
    (number,) = read_facts(text).numbers
    assert (number.value, number.unit) == (value, unit)
    assert [number.low, number.high] == pytest.approx([low, high])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("S-300 missiles and Su-24 bombers", id="model-names"),
        pytest.param("the 21st century", id="ordinal"),
        pytest.param("A/HRC/34/64", id="document-number"),
        pytest.param("one of them said no one came", id="one"),
        pytest.param("in the third quarter of 2016", id="quarter-of-a-year"),
        pytest.param("27 February 2016", id="date"),
    ],
)
def test_what_is_no_quantity_is_not_read_as_one(text: str) -> None:
    assert read_facts(text).numbers == ()


def test_a_change_from_one_figure_to_another_is_two_numbers() -> None:
    assert [number.value for number in read_facts("went from 48 to 61 ships").numbers] == [48, 61]


@pytest.mark.parametrize(
    ("text", "years", "month", "day"),
    [
        pytest.param("27 February 2016", (2016, 2016), 2, 27, id="day-month-year"),
        pytest.param("February 27, 2016", (2016, 2016), 2, 27, id="month-day-year"),
        pytest.param("2016-02-27", (2016, 2016), 2, 27, id="iso"),
        pytest.param("on 19 April", None, 4, 19, id="no-year"),
        pytest.param("September 2015", (2015, 2015), 9, None, id="month-year"),
        pytest.param("in 2013", (2013, 2013), None, None, id="year"),
        pytest.param("the 1990s", (1990, 1999), None, None, id="decade"),
        pytest.param("the 2018-19 season", (2018, 2019), None, None, id="two-years"),
        pytest.param("since May", None, 5, None, id="month"),
    ],
)
def test_a_date_is_as_precise_as_it_was_given(
    text: str, years: tuple[int, int] | None, month: int | None, day: int | None
) -> None:
    (date,) = read_facts(text).dates
    assert (date.years, date.month, date.day) == (years, month, day)


@pytest.mark.parametrize("text", ["last year", "Russia may march on", "6,000 men", "2016%"])
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert read_facts(text).dates == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The base at Tartous belongs to Russia.", {"Tartus", "Russia"}, id="variant"),
        pytest.param("Yet Isis, Islamic State and ISIL are one.", {"ISIS"}, id="isis"),
        pytest.param("The United States, America and the US are one.", {"US"}, id="us"),
        pytest.param("Crippling sieges are enforced.", set(), id="first-word"),
        pytest.param(
            "He left. Syrian students came to Moscow.",
            {"Moscow"},
            id="first-word-of-the-second-sentence",
        ),
        pytest.param("Obama\u2019s veto", {"Obama"}, id="possessive"),
        pytest.param("SNHR counts the dead.", {"SNHR"}, id="abbreviation"),
    ],
)
def test_names_are_capitals_that_do_not_open_a_sentence(text: str, expected: set[str]) -> None:
    assert set(names(text)) == expected


def test_a_name_known_elsewhere_is_known_at_the_start_of_a_sentence() -> None:
    assert names("Assad fell.", frozenset({"Assad"})) == ("Assad",)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        pytest.param("over 80% of bombs", "83 percent of strikes", id="over"),
        pytest.param("over 70% of bombs", "over 80% of bombs", id="weaker-bound"),
        pytest.param(
            "more than 80% of bombs", "at least 80% of bombs", id="same-figure-same-direction"
        ),
        pytest.param("almost 80% of strikes", "close to 80 percent of strikes", id="almost"),
        pytest.param("80% of strikes", "four-fifths of strikes", id="fraction"),
        pytest.param("about 2,700 civilians", "2,704 civilians", id="about"),
        pytest.param(
            "68,300 square kilometres", "about 68,300 square kilometres", id="about-left-out"
        ),
        pytest.param("746 minors", "746 children", id="other-noun"),
        pytest.param("a 49-year agreement", "It runs for 49 years", id="year"),
        pytest.param(
            "Russia came in 2015", "Russia came in September 2015", id="less-precise-date"
        ),
        pytest.param("in the 1990s", "in 1994", id="decade"),
        pytest.param("from 21 July 2016", "from 21 July to 22 December 2016", id="year-said-once"),
        pytest.param("It killed 1946 men", "It killed 1,946 men", id="number-like-a-year"),
        pytest.param("a base in Tartous", "a base in Tartus", id="variant"),
        pytest.param("arms from Russia", "Russian arms", id="adjective"),
        pytest.param("talks with Erdogan", "talks with Erdoğan", id="accent"),
        pytest.param("talks with Turkey", "Turkish talks", id="irregular-adjective"),
        pytest.param("she said “it is  over”", 'She said "it is over".', id="quotation-marks"),
        pytest.param("They did not comply", "The militias did not comply.", id="both-deny"),
        pytest.param(
            "He left the United States",
            "He did not state why he left the United States.",
            id="a-name-is-no-verb",
        ),
        pytest.param("The militias complied", "Not only did the militias comply", id="not-only"),
    ],
)
def test_a_claim_that_the_evidence_bears_out_has_no_mismatch(claim: str, evidence: str) -> None:
    assert differing(claim, evidence) == ()


@pytest.mark.parametrize(
    ("claim", "evidence", "words"),
    [
        pytest.param(
            AIRSTRIKES.format("2,740"),
            ESSAY,
            "says 2,704 civilians, not 2,740 civilians",
            id="swapped-digits",
        ),
        pytest.param(
            "including 764 children", ESSAY, "says 746 children, not 764 children", id="same-noun"
        ),
        pytest.param(
            "746 civilians",
            ESSAY,
            "says 2,704 civilians, not 746 civilians",
            id="figure-of-another-noun",
        ),
        pytest.param(
            "2,740 people", ESSAY, "says 2,704 civilians, not 2,740 people", id="slip-of-the-pen"
        ),
        pytest.param(
            "2,700 civilians",
            ESSAY,
            "says 2,704 civilians, not 2,700 civilians",
            id="rounded-in-silence",
        ),
        pytest.param("51 hospitals", ESSAY, "does not mention 51 hospitals", id="unheard-of"),
        pytest.param(
            "almost 80% of bombs", "over 80% of bombs", "says over 80%, not almost 80%", id="bounds"
        ),
        pytest.param(
            "80% of bombs", "over 80% of bombs", "says over 80%, not 80%", id="bound-left-out"
        ),
        pytest.param("80 people", "80 percent of people", "does not mention 80 people", id="unit"),
        pytest.param(
            "6 million dollars",
            "6 billion dollars",
            "says 6 billion dollars, not 6 million dollars",
            id="scale",
        ),
        pytest.param("in May 2016", "in May 2015", "says May 2015, not May 2016", id="other-year"),
        pytest.param(
            "in September 2016",
            "in 2016",
            "does not mention September 2016",
            id="more-precise-date",
        ),
        pytest.param(
            "on 3 May 2016", "on 4 May 2016", "says 4 May 2016, not 3 May 2016", id="other-day"
        ),
        pytest.param(
            "She went to Moscow", "Students studied in Russia", "does not mention Moscow", id="name"
        ),
        pytest.param(
            "he said “it is done”",
            "he said “it is over”",
            "does not hold the words “it is done”",
            id="quotation",
        ),
        pytest.param(
            "The militias complied",
            "The militias did not comply",
            "denies “complied”",
            id="negation-dropped",
        ),
        pytest.param(
            "The militias complied",
            "The militias refused to comply",
            "denies “complied”",
            id="refused",
        ),
        pytest.param(
            "He means to share power",
            "He is not ready to give up or share it",
            "denies “share”",
            id="carried",
        ),
        pytest.param(
            "9 million dollars",
            "9 million euros",
            "says 9 million euros, not 9 million dollars",
            id="currency",
        ),
        pytest.param(
            "Arms exports fell", "Arms exports rose", "says rose, not fell", id="opposite"
        ),
        pytest.param(
            "They disagreed", "They agreed", "says agreed, not disagreed", id="opposite-by-prefix"
        ),
        pytest.param("They came at 8:55", "They came at 6:55", "says 6:55, not 8:55", id="time"),
        pytest.param(
            "They did not comply",
            "The militias complied",
            "does not deny “comply”",
            id="negation-added",
        ),
    ],
)
def test_a_fact_stated_otherwise_is_said_in_words(claim: str, evidence: str, words: str) -> None:
    assert [mismatch.words() for mismatch in differing(claim, evidence)] == [
        f"the evidence {words}"
    ]


def test_the_speaker_of_the_evidence_can_be_named() -> None:
    (mismatch,) = differing("2,740 civilians", ESSAY)
    assert mismatch.words("the essay") == "the essay says 2,704 civilians, not 2,740 civilians"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("children", "child"),
        ("complied", "comply"),
        ("strikes", "strike"),
        ("stopped", "stop"),
        ("kills", "killing"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


PIECES = st.sampled_from(
    [
        *(
            "Russia",
            "killed",
            "2,704 civilians",
            "over 80%",
            "in 2013",
            "27 February 2016",
            "the US",
            "did not",
            "comply",
        ),
        *(
            "“a heavy price”",
            "half a dozen",
            "ISIS",
            ".",
            ",",
            "from 48 to 61",
            "six",
            "the",
            "1990s",
            "$3bn",
            "Tartous",
        ),
    ]
)


@given(st.lists(PIECES, max_size=25).map(" ".join))
def test_a_text_never_mismatches_itself(text: str) -> None:
    assert differing(text, text) == ()


@given(st.text(max_size=200))
def test_any_text_can_be_compared_and_does_not_mismatch_itself(text: str) -> None:
    assert differing(text, text) == ()


@given(st.integers(10, 999_999), st.data())
def test_one_digit_changed_is_always_found(number: int, data: st.DataObject) -> None:
    digits = str(number)
    place = data.draw(st.integers(0, len(digits) - 1))
    digit = data.draw(st.sampled_from([d for d in "123456789" if d != digits[place]]))
    changed = int(digits[:place] + digit + digits[place + 1 :])
    (mismatch,) = differing(AIRSTRIKES.format(f"{changed:,}"), AIRSTRIKES.format(f"{number:,}"))
    assert mismatch.evidence == f"{number:,} civilians"
