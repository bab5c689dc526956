"""DICOM results of scanners' own files: each slice a series of its own, odd identities, and still valid."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from marey.anatomy import LV_CAVITY, RV_CAVITY
from marey.core import Finding, Image, Labels, Report
from marey.io.encapsulated import write_encapsulated_pdf
from marey.io.read import read_study
from marey.io.segmentation import write_segmentation
from marey.io.structured_report import write_measurements


def largest(folder: Path) -> Image:
    return max(read_study([folder]).images, key=lambda image: image.values.size)


def labels_in_the_middle(image: Image) -> Labels:
    values = np.zeros(image.values.shape, np.uint8)
    values[..., 80:120, 90:110] = 1
    values[..., 80:120, 110:140] = 2
    return Labels(values, image.grid, image.times, {1: LV_CAVITY, 2: RV_CAVITY})


@pytest.mark.parametrize("exam", ["human_cine_3t/dicom", "pig_cine"])
def test_results_of_a_real_exam_are_valid_and_in_place(data_dir: Path, tmp_path: Path, exam: str) -> None:
    image = largest(data_dir / exam)
    finding = Finding("lv_edv", "LV end-diastolic volume", 120.0, "mL", evidence={"ed_phase": 0, "es_phase": 8})
    paths = (
        write_segmentation(tmp_path / "seg.dcm", image, labels_in_the_middle(image), phases=(8,)),
        write_measurements(tmp_path / "sr.dcm", Report((finding,)), image),
        write_encapsulated_pdf(tmp_path / "pdf.dcm", b"%PDF-1.7\n", image, "Cardiac MR"),
    )
    seg = pydicom.dcmread(paths[0])
    assert seg.NumberOfFrames == 2 * image.grid.shape[0]
    sources = {header.SOPInstanceUID: header for header in (pydicom.dcmread(one.path) for one in image.sources[8])}
    for group in seg.PerFrameFunctionalGroupsSequence:
        named = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        position = np.array(group.PlanePositionSequence[0].ImagePositionPatient, float)
        np.testing.assert_allclose(position, np.array(sources[named].ImagePositionPatient, float), atol=0.05)
        assert seg.PatientID == sources[named].PatientID
    if program := shutil.which("dciodvfy"):
        for path in paths:
            said = subprocess.run([program, str(path)], capture_output=True, text=True, check=False, errors="replace")
            assert "Error" not in said.stderr, said.stderr
