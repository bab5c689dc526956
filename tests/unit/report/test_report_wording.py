import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marey.core import Finding
from marey.report.glyphs import has_glyph, printable
from marey.report.wording import confidence_word, number, person, sentence, shown_unit, shown_value, span


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (142.6, "mL", "143"), (58.4, "%", "58"), (101.2, "g", "101"), (9.26, "mm", "9.3"), (5.24, "L/min", "5.2"),
        (76.4, "mL/m2", "76"), (1.824, "m2", "1.82"),
        (25.0, "1", "25"), (3.673, "", "3.67"), (1234.4, "1", "1234"),
        (-0.2, "mL", "0"), (-3.7, "%", "−4"), (math.nan, "mL", "–"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_to_what_a_reader_can_use(value: float, unit: str, shown: str) -> None:
    assert number(value, unit) == shown


def test_spans_with_a_negative_end_use_a_word() -> None:
    assert span(51, 71, "%") == "51–71"
    assert span(-4, 7, "%") == "−4 to 7"


def test_units_verdicts_and_values_in_words() -> None:
    assert shown_unit("mL/m2") == "mL/m²"
    assert shown_unit("furlong") == "furlong"
    assert shown_value(Finding("a", "a", None)) == "not measured"
    assert shown_value(Finding("a", "a", "yes")) == "yes"
    assert [confidence_word(c) for c in (1.0, 0.8, 0.6, 0.2)] == ["high", "high", "moderate", "low"]
    assert sentence("two words") == "Two words."
    assert sentence("Really?") == "Really?"
    assert sentence(" ") == ""


@pytest.mark.parametrize(
    ("dicom", "shown"),
    [
        ("Doe^Jane", "Doe, Jane"), ("Doe^Jane^Ann^Dr^", "Doe, Jane Ann Dr"), ("Doe", "Doe"), ("", ""),
        ("Wang^XiaoDong=王^小東=", "Wang, XiaoDong / 王, 小東"), ("^Jane", "Jane"),
    ],
)  # fmt: skip
def test_person_names(dicom: str, shown: str) -> None:
    assert person(dicom) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Ánh",
        "Иван Кузнецов",
        "Ελένη",
        "王小明",
        "佐藤 さくら",
        "김민준",
        "محمد",
        "שרה",
        "अर्जुन",
        "สมชาย",
        "≤ ≥ µ ²",
    ],
)
def test_names_in_these_scripts_are_drawn(name: str) -> None:
    assert printable(name) == name
    assert all(has_glyph(char) for char in name)


def test_what_has_no_glyph_is_written_by_its_code_point() -> None:
    assert printable({"a": ["吉 𠮷 😀", 3, None, True]}) == {"a": ["吉 [U+20BB7] [U+1F600]", 3, None, True]}


def test_controls_and_direction_marks_are_dropped() -> None:
    assert printable("a\u202eb\x00c\nd") == "abc d"


@given(st.text(max_size=30))
def test_everything_printable_has_a_glyph(text: str) -> None:
    assert all(has_glyph(char) for char in printable(text))


def test_the_coverage_list_is_that_of_the_fonts() -> None:
    fonts = pytest.importorskip("fontTools.ttLib", reason="fontTools is not installed")
    from importlib.resources import as_file, files

    with as_file(files("marey.report") / "fonts") as folder:
        drawn = {char for font in folder.glob("*.[ot]tf") for char in fonts.TTFont(font).getBestCmap()}
    assert len(drawn) > 14_000
    assert {code for code in range(0x30000) if has_glyph(chr(code))} == drawn
