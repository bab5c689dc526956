"""A series as one multi-frame file reads back as its classic files do, and a validator accepts it."""

import math
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from exams import FACTS, cine
from pydicom import dcmread

from marey.core import CannotWrite, Facts, Image, InvalidInput, MrHeader, MrSeries
from marey.io.dicom_files import read_file
from marey.io.dicom_frames import Frame, frames_of, purpose
from marey.io.dicom_pixels import decode
from marey.io.mr_enhanced import write_enhanced
from marey.io.mr_writer import write_series
from marey.io.read import read_study

CINE = MrHeader(
    "cine", "magnitude", "bSSFP", 1.5, math.radians(55), 3.0, 1.5, (), 1.0, "column", (144, 192), 50.0,
    acceleration=2.0, partial_fourier=0.75,
)  # fmt: skip
VELOCITY = replace(
    CINE, description="flow", content="velocity", sequence="phase contrast", phase_encoding="row",
    velocity_encoding=1.5, velocity_direction=(0.0, 0.6, 0.8), slope=0.1, intercept=-150.0, unit="cm/s",
)  # fmt: skip
INVERTED = replace(
    CINE, sequence="inversion recovery", gating="prospective", inversion_times=(100.0, 1100.0, 180.0, 1180.0)
)
MAP = MrHeader("map", "T1 map", "inversion recovery", unit="ms")
UNGATED = replace(CINE, sequence="spin echo", gating="none", acceleration=1.0, partial_fourier=1.0)
UNEVEN = replace(cine(3, 5), rr_intervals=np.array([800.0, 900.0, 1000.0]))


def frames(paths: Sequence[Path]) -> list[tuple[Frame, np.ndarray]]:
    """Frames with their real values, in the order of slices and phases."""
    found = [frame for path in paths for frame in frames_of(read_file(path))]
    pixels, failed = decode(found)
    assert not failed
    return [(frame, frame.slope * pixels[frame].astype(float) + frame.intercept) for frame in found]


@pytest.mark.parametrize("image", [cine(3, 4), cine(1, 5), cine(2, 1), UNEVEN])
def test_one_file_reads_as_the_classic_ones(image: Image, tmp_path: Path) -> None:
    series = MrSeries(image, CINE)
    write_series(series, FACTS, tmp_path / "classic", number=2, seed="exam")
    (path,) = write_enhanced(series, FACTS, tmp_path / "enhanced", number=2, seed="exam")
    one, two = read_study([tmp_path / "classic"]), read_study([tmp_path / "enhanced"])
    assert (one.facts, one.notices) == (two.facts, two.notices)
    (a,), (b,) = one.images, two.images
    np.testing.assert_array_equal(b.values, image.values)
    np.testing.assert_allclose(a.times, b.times, atol=1e-9)
    np.testing.assert_array_equal(a.rr_intervals, b.rr_intervals)
    assert a.grid.same_as(b.grid)
    assert (a.values.dtype, a.name, a.grid.slice_thickness) == (b.values.dtype, b.name, b.grid.slice_thickness)
    assert dcmread(path).NumberOfFrames == image.phases * image.grid.shape[0]


@pytest.mark.parametrize("header", [VELOCITY, INVERTED, MAP])
def test_every_frame_reads_as_the_classic_one(header: MrHeader, tmp_path: Path) -> None:
    series = MrSeries(cine(2, 4), header)
    classic = frames(write_series(series, FACTS, tmp_path / "classic", number=1, seed="exam"))
    (path,) = write_enhanced(series, FACTS, tmp_path / "enhanced", number=1, seed="exam")
    assert purpose(read_file(path).header) == {"velocity": "flow", "T1 map": "map"}.get(header.content, "")
    for (a, values), (b, same) in zip(classic, frames([path]), strict=True):
        np.testing.assert_array_equal(values, same)
        np.testing.assert_array_equal((*a.origin, *a.row, *a.column), (*b.origin, *b.row, *b.column))
        assert a.trigger == pytest.approx(b.trigger, abs=1e-9)
        assert (a.spacing, a.thickness, a.rr, a.temporal) == (b.spacing, b.thickness, b.rr, b.temporal)
        assert (a.contrast, a.slope, a.intercept) == (b.contrast, b.slope, b.intercept)


def test_inversion_times_are_no_beat(tmp_path: Path) -> None:
    write_enhanced(MrSeries(cine(1, 4), INVERTED), FACTS, tmp_path, number=1)
    with pytest.raises(InvalidInput, match="maps"):
        read_study([tmp_path])


def test_the_header_says_how_it_was_measured(tmp_path: Path) -> None:
    (path,) = write_enhanced(MrSeries(cine(2, 3), VELOCITY), FACTS, tmp_path, number=1)
    flow = dcmread(path)
    shared = flow.SharedFunctionalGroupsSequence[0]
    encoding = shared.MRVelocityEncodingSequence[0]
    assert (encoding.VelocityEncodingMaximumValue, encoding.VelocityEncodingDirection) == (150, [0.0, 0.6, 0.8])
    view = shared.MRFOVGeometrySequence[0]
    assert (view.InPlanePhaseEncodingDirection, view.MRAcquisitionPhaseEncodingStepsInPlane) == ("ROW", 144)
    assert shared.MRTimingAndRelatedParametersSequence[0].FlipAngle == pytest.approx(55)
    assert shared.MREchoSequence[0].EffectiveEchoTime == 1.5
    assert shared.MRImagingModifierSequence[0].PixelBandwidth == 1000
    assert shared.FrameVOILUTSequence[0].WindowCenter == pytest.approx(
        0.05 * (int(flow.pixel_array.min()) + int(flow.pixel_array.max())) - 150
    )
    content = [frame.FrameContentSequence[0] for frame in flow.PerFrameFunctionalGroupsSequence]
    assert [(it.StackID, it.InStackPositionNumber, it.TemporalPositionIndex) for it in content] == [
        ("1", z, t) for z in (1, 2) for t in (1, 2, 3)
    ]
    assert content[4].DimensionIndexValues == [1, 2, 2]
    modifier = flow.PerFrameFunctionalGroupsSequence[0].MRModifierSequence[0]
    assert (modifier.InversionRecovery, modifier.ParallelReductionFactorInPlane, modifier.PartialFourier) == (
        "NO", 2, "YES",
    )  # fmt: skip


def test_same_seed_same_file(tmp_path: Path) -> None:
    series = MrSeries(cine(2, 2), CINE)
    (one,) = write_enhanced(series, FACTS, tmp_path / "one", number=1, seed="exam")
    (two,) = write_enhanced(series, FACTS, tmp_path / "two", number=1, seed="exam")
    assert one.read_bytes() == two.read_bytes()
    (new,) = write_enhanced(series, FACTS, tmp_path / "new", number=1)
    (next_,) = write_enhanced(series, FACTS, tmp_path / "next", number=2, seed="exam")
    classic = write_series(series, FACTS, tmp_path / "classic", number=1, seed="exam")[0]
    read = [dcmread(path, stop_before_pixels=True) for path in (one, new, next_, classic)]
    assert len({it.SeriesInstanceUID for it in read}) == len({it.SOPInstanceUID for it in read}) == 4
    assert read[0].StudyInstanceUID == read[2].StudyInstanceUID == read[3].StudyInstanceUID


@pytest.mark.parametrize("header", [CINE, VELOCITY, INVERTED, MAP, UNGATED])
@pytest.mark.parametrize("facts", [FACTS, Facts()])
@pytest.mark.parametrize("gated", [True, False])
def test_a_validator_finds_no_fault(header: MrHeader, facts: Facts, gated: bool, tmp_path: Path) -> None:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dicom3tools is not installed")
    image = cine(2, 4) if gated else replace(cine(1, 4), rr_intervals=np.array([np.nan]))
    (path,) = write_enhanced(MrSeries(image, header), facts, tmp_path, number=1)
    done = subprocess.run([validator, path], capture_output=True, text=True, check=False)
    assert "Error" not in done.stderr
    assert done.returncode == 0


def test_a_header_that_leaves_things_open_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="field_strength, flip_angle"):
        write_enhanced(MrSeries(cine(1, 1)), FACTS, tmp_path, number=1)
    with pytest.raises(InvalidInput, match="velocity_direction"):
        write_enhanced(MrSeries(cine(1, 1), replace(VELOCITY, velocity_direction=None)), FACTS, tmp_path, number=1)
    image = cine(1, 1)
    with pytest.raises(InvalidInput, match="16 bits"):
        write_enhanced(
            MrSeries(replace(image, values=image.values.astype(np.int32) * 100), CINE), FACTS, tmp_path, number=1
        )
    assert not list(tmp_path.iterdir())
    (tmp_path / "taken").write_text("")
    with pytest.raises(CannotWrite):
        write_enhanced(MrSeries(image, CINE), FACTS, tmp_path / "taken", number=1)
