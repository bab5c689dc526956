import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from phantom import HOSTILE, phantom_exam, without

from marey.core import CannotWrite, Finding, Report
from marey.report.content import care, first_page, slice_rows
from marey.report.exam import Exam
from marey.report.page import DISCLAIMER, write_html
from marey.report.wording import person

EXAM = phantom_exam(4, 8, 96)


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.code: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.code.append(data)
        elif self._inside != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def written(exam: Exam, folder: Path) -> tuple[str, Page]:
    text = write_html(folder / "report.html", exam).read_text("utf-8")
    return text, Page(text)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Page]:
    return written(EXAM, tmp_path_factory.mktemp("page"))


def test_patient_text_is_text(page: tuple[str, Page]) -> None:
    text, parsed = page
    assert person(HOSTILE) in parsed.text
    assert "<b>42</b>" in parsed.text
    assert not [tag for tag, _ in parsed.tags if tag == "img"]
    assert len([tag for tag, _ in parsed.tags if tag == "script"]) == 2
    assert "<script>alert(2)" not in text
    assert not [name for _, attributes in parsed.tags for name in attributes if name.startswith("on")]


def test_nothing_is_fetched(page: tuple[str, Page]) -> None:
    text, parsed = page
    sources = [
        v or "" for _, a in parsed.tags for k, v in a.items() if k in {"src", "href", "srcset", "action", "data"}
    ]
    assert sources
    assert all(source.startswith(("data:image/jpeg;base64,", "#")) for source in sources)
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}, "the SVG namespace is a name, not an address"
    assert "url(" not in re.sub(r"url\(#hatch-[a-z-]+\)", "", text)
    assert "@import" not in text


def test_only_our_own_script_may_run(page: tuple[str, Page]) -> None:
    _, parsed = page
    policy = next(
        a["content"] for t, a in parsed.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    digest = base64.b64encode(hashlib.sha256(parsed.code[-1].encode()).digest()).decode()
    assert policy is not None
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}';" in policy


def test_the_first_page_has_numbers_ranges_and_cares(page: tuple[str, Page]) -> None:
    _, parsed = page
    first = parsed.text[: parsed.text.index("Volumes and strain over the beat")]
    value = EXAM.report.finding("lv_ef").value
    assert isinstance(value, float)
    assert f"{value:.0f} %" in first
    assert "51–71" in first
    outside = EXAM.report.finding("lv_mass_index").outside
    arrow = {"low": "▼", "high": "▲"}[outside]
    assert re.search(f"{arrow} +{outside}", first)
    assert "Read with care" in first
    assert first.index("Read with care") < first.index("Numbers")
    assert "LV and RV stroke volumes differ by 31 %" in first
    assert "slice 3 has 19 of 20 phases" in first.lower()
    assert "Low confidence. RV end-diastolic volume" in first.replace(" .", ".").replace("  ", " ")
    assert "UK Biobank" in first
    assert DISCLAIMER in parsed.text


def test_everything_found_is_on_the_page(page: tuple[str, Page]) -> None:
    _, parsed = page
    for finding in EXAM.report.findings:
        if not finding.key.startswith("wall_"):
            assert finding.label in parsed.text, finding.key
    assert EXAM.study.digest in parsed.text
    assert "cine-1 (sha256 0123abcd)" in parsed.text
    assert parsed.text.count("mid inferior") == 1
    stills = [a for t, a in parsed.tags if t == "svg" and "with contours" in (a.get("aria-label") or "")]
    assert len(stills) == 2 * 4


def test_it_can_be_used_without_seeing_it(page: tuple[str, Page]) -> None:
    _, parsed = page
    assert ("html", {"lang": "en"}) in parsed.tags
    assert all(a.get("aria-label") for t, a in parsed.tags if t in {"svg", "canvas"})
    assert all(a.get("scope") for t, a in parsed.tags if t == "th")
    assert [t for t, _ in parsed.tags].count("h1") == 1


def test_without_failures_it_says_so_and_without_checks_it_warns(tmp_path: Path) -> None:
    report = without(EXAM, "stroke_balance", "rv_").report
    calm = replace(EXAM, report=replace(report, notices=()))
    assert "All 2 checks of images, contours and numbers passed" in written(calm, tmp_path)[1].text
    unchecked = without(calm, "mass_constant", "coverage")
    assert "No check of images, contours or numbers was made" in written(unchecked, tmp_path)[1].text


def test_what_is_missing_is_said_not_hidden(tmp_path: Path) -> None:
    why = Finding("rv_edv", "RV end-diastolic volume", None, message="no right ventricle was found at the base")
    bare = without(EXAM, "rv_", "lv_ef", "wall_", "lv_peak_")
    exam = replace(bare, report=replace(bare.report, findings=(*bare.report.findings, why), curves={}))
    text = written(exam, tmp_path)[1].text
    assert "not measured: No right ventricle was found at the base." in text
    assert "Not made: a curve needs at least three phases." in text
    assert "Wall thickness was not measured." in text


@pytest.mark.parametrize(("slices", "phases"), [(1, 2), (2, 1), (16, 3)])
def test_small_and_large_stacks(tmp_path: Path, slices: int, phases: int) -> None:
    text, parsed = written(phantom_exam(slices, phases, 64), tmp_path)
    assert sum("with contours" in (a.get("aria-label") or "") for t, a in parsed.tags if t == "svg") == 2 * slices
    assert "nan" not in re.sub(r"base64,[^\"]+", "", text).lower().split()


def test_an_empty_report_is_still_a_page(tmp_path: Path) -> None:
    labels = replace(EXAM.labels, values=np.zeros_like(EXAM.labels.values))
    text = written(replace(EXAM, labels=labels, report=Report(())), tmp_path)[1].text
    assert text.count("not measured") >= 11
    assert "No check of images" in text


def test_not_a_number_is_never_shown_as_one(tmp_path: Path) -> None:
    broken = Finding("lv_edv", "LV end-diastolic volume", float("nan"), "mL", interval=(float("nan"), float("inf")))
    bare = without(EXAM, "lv_edv")
    text = written(replace(bare, report=replace(bare.report, findings=(broken, *bare.report.findings))), tmp_path)[
        1
    ].text
    assert not re.search(r"\b(nan|inf)\b", text, re.IGNORECASE)


def test_care_is_ordered_by_weight() -> None:
    assert [item.title for item in care(EXAM.report)] == ["LV against RV stroke volume", "", "Low confidence"]


def test_indexed_reference_is_used_when_the_absolute_has_none() -> None:
    rows = {row.absolute.key: row for _, rows in first_page(EXAM.report) for row in rows}
    assert rows["lv_mass"].compared.key == "lv_mass_index"
    assert rows["lv_ef"].compared.key == "lv_ef"
    assert "rv_co" not in rows


def test_slice_areas_are_square_centimetres() -> None:
    row = slice_rows(EXAM)[0]
    pixels = int((EXAM.labels.values[EXAM.phases.end_diastole, 0] == 1).sum())
    assert row.areas[0] == f"{pixels * 1.4 * 1.4 / 100:.1f}"
    assert row.level == "basal"


def test_a_usual_exam_stays_small(tmp_path: Path) -> None:
    path = write_html(tmp_path / "report.html", phantom_exam(10, 30, 256, name="A"))
    assert path.stat().st_size < 6_000_000


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite):
        write_html(tmp_path / "file" / "report.html", EXAM)
