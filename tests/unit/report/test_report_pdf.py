import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from phantom import phantom_exam, without

from marey.core import CannotWrite, Facts, Report
from marey.report.page import DISCLAIMER
from marey.report.pdf import write_pdf

EXAM = phantom_exam(4, 8, 96)
NAMES = ("王小明", "佐藤さくら", "김민준", "Иван Кузнецов", "Nguyễn Ánh", "Ελένη", "[U+20BB7]")


def words(path: Path) -> str:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run([tool, "-layout", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pdf(tmp_path_factory.mktemp("pdf") / "report.pdf", EXAM)


def test_it_is_a_pdf_and_always_the_same(path: Path, tmp_path: Path) -> None:
    document = path.read_bytes()
    assert document.startswith(b"%PDF-")
    assert document.rstrip().endswith(b"%%EOF")
    assert write_pdf(tmp_path / "again.pdf", EXAM).read_bytes() == document


def test_patient_text_is_text(path: Path) -> None:
    text = words(path)
    assert '$math$ #read("/etc/passwd")' in text
    assert "alert(1)>" in text
    assert "<b>42</b>" in text
    assert "root:" not in text


def test_the_first_page_has_the_numbers(path: Path) -> None:
    first, *rest = words(path).split("\f")
    value = EXAM.report.finding("lv_ef").value
    assert isinstance(value, float)
    assert f"{value:.0f} %" in first
    assert "51–71" in first
    assert "Read with care" in first
    assert "LV and RV stroke volumes differ by 31 %" in first
    assert all(DISCLAIMER in page for page in (first, *rest) if page.strip())
    assert f"Page 1 of {len([page for page in (first, *rest) if page.strip()])}" in first


def test_it_says_all_that_was_found(path: Path) -> None:
    text = words(path)
    for finding in EXAM.report.findings:
        if finding.passed is None and not finding.key.startswith("wall_"):
            assert finding.key in text
    assert EXAM.study.digest in text
    assert "10 mid inferior" in text


def test_names_keep_every_letter(tmp_path: Path) -> None:
    facts = Facts(patient_name=" ".join(NAMES[:-1]) + " 𠮷", patient_id="1")
    text = words(write_pdf(tmp_path / "r.pdf", replace(EXAM, study=replace(EXAM.study, facts=facts))))
    for name in NAMES:
        assert name in text


@pytest.mark.parametrize("attack", ["*bold* _x_ @ref <label>", "\\ #panic()", "]}) #import", "'; //", "`raw`"])
def test_markup_in_names_is_shown_as_it_is(tmp_path: Path, attack: str) -> None:
    facts = Facts(patient_name=attack, patient_id=attack)
    text = words(write_pdf(tmp_path / "r.pdf", replace(EXAM, study=replace(EXAM.study, facts=facts))))
    assert attack in text


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    text = words(write_pdf(tmp_path / "a.pdf", replace(EXAM, report=Report(()))))
    assert "not measured" in text
    assert "No check of images" in text
    assert "Wall thickness was not measured" in text
    calm = without(EXAM, "stroke_balance", "rv_")
    calm = replace(calm, report=replace(calm.report, notices=()))
    assert "All 2 checks" in words(write_pdf(tmp_path / "b.pdf", calm))


@pytest.mark.parametrize(("slices", "phases"), [(1, 2), (2, 1), (16, 3)])
def test_small_and_large_stacks(tmp_path: Path, slices: int, phases: int) -> None:
    text = words(write_pdf(tmp_path / "r.pdf", phantom_exam(slices, phases, 64)))
    assert f"Slice {slices} " in text


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite):
        write_pdf(tmp_path / "file" / "report.pdf", EXAM)
