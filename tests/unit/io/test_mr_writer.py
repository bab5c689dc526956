"""A cine that was written is a cine that a validator accepts and that reads back as it was."""

import math
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from exams import FACTS, cine, write
from pydicom import dcmread

from marey.core import CannotWrite, Facts, Grid, Image, InvalidInput, MrHeader, MrSeries
from marey.io.mr_writer import write_series
from marey.io.read import read_study


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    image = cine()
    write(image, tmp_path)
    study = read_study([tmp_path])
    (back,) = study.images
    assert back.values.dtype == np.uint16
    np.testing.assert_array_equal(back.values, image.values)
    np.testing.assert_allclose(back.times, image.times, atol=1e-3)
    np.testing.assert_allclose(back.rr_intervals, 900)
    assert back.grid.same_as(image.grid)
    assert back.grid.slice_thickness == 8
    assert back.name == "cine 1"
    assert study.facts == replace(FACTS, age=44.0)
    assert not study.notices


def test_each_pixel_names_its_file(tmp_path: Path) -> None:
    image = cine()
    write(image, tmp_path)
    (back,) = read_study([tmp_path]).images
    for t, z in ((0, 0), (3, 2), (5, 3)):
        source = back.sources[t][z]
        np.testing.assert_array_equal(dcmread(source.path).pixel_array, image.values[t, z])
        assert source.frame == 0


def test_slices_keep_their_own_beat(tmp_path: Path) -> None:
    image = replace(cine(slices=3), rr_intervals=np.array([800.0, 900.0, 1000.0]))
    write(image, tmp_path)
    (back,) = read_study([tmp_path]).images
    np.testing.assert_allclose(back.rr_intervals, [800, 900, 1000])
    np.testing.assert_allclose(back.times, image.times, atol=1e-3)


def test_same_seed_same_files(tmp_path: Path) -> None:
    one = write(cine(), tmp_path / "one")
    two = write(cine(), tmp_path / "two")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_no_seed_new_uids(tmp_path: Path) -> None:
    uids = set()
    for folder in ("one", "two"):
        paths = write_series(MrSeries(cine(1, 1)), FACTS, tmp_path / folder, number=1)
        uids.add(dcmread(paths[0]).SOPInstanceUID)
    assert len(uids) == 2


def test_real_and_negative_values(tmp_path: Path) -> None:
    image = cine()
    real = replace(image, values=image.values.astype(np.float32) / 7)
    write(real, tmp_path / "real")
    (back,) = read_study([tmp_path / "real"]).images
    assert np.corrcoef(back.values.ravel(), real.values.ravel())[0, 1] > 0.99999
    signed = replace(image, values=image.values.astype(np.int16) - 500)
    write(signed, tmp_path / "signed")
    (back,) = read_study([tmp_path / "signed"]).images
    np.testing.assert_array_equal(back.values, signed.values)


def test_values_beyond_16_bits_are_refused(tmp_path: Path) -> None:
    image = cine()
    with pytest.raises(InvalidInput, match="16 bits"):
        write(replace(image, values=image.values.astype(np.int32) * 100), tmp_path)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(CannotWrite):
        write(cine(), tmp_path / "taken")


@pytest.mark.parametrize("facts", [FACTS, Facts()])
def test_a_validator_finds_no_fault(facts: Facts, tmp_path: Path) -> None:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dicom3tools is not installed")
    for path in write(cine(1, 2), tmp_path, facts=facts):
        done = subprocess.run([validator, path], capture_output=True, text=True, check=False)
        assert "Error" not in done.stderr
        assert done.returncode == 0


VELOCITY = MrHeader(
    "flow", "velocity", "phase contrast", 1.5, math.radians(20), 5.0, 2.5, (), 0.45, "row", (144, 192), 75.0, 1.5,
    (0.0, 0.6, 0.8), "retrospective", 0.1, -150.0, "cm/s",
)  # fmt: skip
INVERTED = MrHeader(
    "molli", "magnitude", "inversion recovery", 3.0, math.radians(35), 2.8, 1.1, (100.0, 1100.0), gating="prospective"
)


def test_the_header_says_how_it_was_measured(tmp_path: Path) -> None:
    path = write_series(MrSeries(cine(2, 1), VELOCITY), FACTS, tmp_path / "flow", number=1)[0]
    flow = dcmread(path)
    assert (flow.FlipAngle, flow.RepetitionTime, flow.EchoTime, flow.PixelBandwidth) == (20, 5, 2.5, 450)
    assert (flow.InPlanePhaseEncodingDirection, list(flow.AcquisitionMatrix)) == ("ROW", [192, 0, 0, 144])
    assert flow.VelocityEncodingMaximumValue == 150
    assert flow.VelocityEncodingDirection == [0.0, 0.6, 0.8]
    assert (flow.RescaleSlope, flow.RescaleIntercept, flow.ImageType[2]) == (0.1, -150, "V")
    paths = write_series(MrSeries(cine(1, 2), INVERTED), FACTS, tmp_path / "molli", number=1)
    assert [dcmread(path).InversionTime for path in paths] == [100, 1100]


@pytest.mark.parametrize("header", [VELOCITY, INVERTED])
def test_a_validator_finds_no_fault_in_any_sequence(header: MrHeader, tmp_path: Path) -> None:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dicom3tools is not installed")
    for path in write_series(MrSeries(cine(1, 2), header), FACTS, tmp_path, number=1):
        done = subprocess.run([validator, path], capture_output=True, text=True, check=False)
        assert "Error" not in done.stderr
        assert done.returncode == 0


@pytest.mark.parametrize("wrong", [
    {"velocity_encoding": 0.0}, {"velocity_encoding": -1.0}, {"echo_time": -1.0}, {"slope": math.inf},
])  # fmt: skip
def test_headers_that_no_scanner_writes_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        replace(VELOCITY, **wrong)  # type: ignore[arg-type]


def test_truth_on_another_grid_is_refused() -> None:
    with pytest.raises(InvalidInput, match="displacement"):
        MrSeries(cine(2, 2), truth={"displacement": np.zeros((2, 3, 24, 24, 3))})
    with pytest.raises(InvalidInput, match="inversion times"):
        MrSeries(cine(2, 3), INVERTED)


def test_every_image_of_a_large_exam_has_its_own_identifier(tmp_path: Path) -> None:
    """Slice 1 phase 11 and slice 11 phase 1 must not be taken for the same image."""
    grid = Grid((12, 4, 4), np.diag([8.0, 1.5, 1.5, 1.0]))
    image = Image(np.ones((12, 12, 4, 4), np.int16), grid, np.linspace(0.0, 330.0, 12))
    paths = write_series(MrSeries(image), Facts(), tmp_path, number=1, seed="one")
    assert len({dcmread(path, stop_before_pixels=True).SOPInstanceUID for path in paths}) == 144
