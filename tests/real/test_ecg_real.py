"""The simulated normal ECG among recorded normal ones, and the measurements against a device's."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from ecg_template import template_heart
from marey.simulate.ecg import LEADS, BeatMeasurements, measure_beat
from recorded_ecg import average_beat, normal_ids, ptbxl


@pytest.fixture(scope="module")
def normals(data_dir: Path) -> list[BeatMeasurements]:
    folder = data_dir / "ecg"
    if not (folder / "ptbxl").is_dir():
        pytest.skip(f"no recorded ECG at {folder}")
    return [measure_beat(average_beat(ptbxl(folder, number), 100.0)) for number in normal_ids(folder)]


def test_simulated_normal_lies_among_recorded_normals(normals: list[BeatMeasurements]) -> None:
    """Largest R and S of each lead within the nine normals' range, widened by a quarter for so few people."""
    own = template_heart(2.0).beat().measured
    outside = []
    for kind in ("r", "s"):
        recorded = np.array([getattr(beat, kind) for beat in normals])
        margin = 0.25 * np.ptp(recorded, axis=0)
        values = getattr(own, kind)
        beyond = (values < recorded.min(axis=0) - margin) | (values > recorded.max(axis=0) + margin)
        outside += [f"{kind} {lead}" for lead, far in zip(LEADS, beyond, strict=True) if far]
    assert len(outside) <= 3, outside
    for name in ("qrs_duration", "qt", "qrs_axis"):
        values = [getattr(beat, name) for beat in normals]
        assert min(values) - 5 <= getattr(own, name) <= max(values) + 5
    assert own.transition in {beat.transition for beat in normals}
    assert own.concordant("I", "II", "V4", "V5", "V6")


def test_recorded_normals_are_measured_as_normal(normals: list[BeatMeasurements]) -> None:
    assert len(normals) == 9
    assert all(70 <= beat.qrs_duration <= 115 for beat in normals)
    assert all(beat.concordant("I", "II", "V5", "V6") for beat in normals)
    assert all(-30 <= beat.qrs_axis <= 90 for beat in normals)


def test_measurements_agree_with_a_device(data_dir: Path) -> None:
    """The device says QRS 75 ms and QT 368 ms."""
    path = data_dir / "ecg" / "dicom" / "anonymous_ecg.dcm"
    if not path.is_file():
        pytest.skip(f"no recorded ECG at {path}")
    values = 0.001 * pydicom.dcmread(path).waveform_array(0).T  # uV
    beat = measure_beat(average_beat(values, 1000.0))
    assert beat.qrs_duration == pytest.approx(75, abs=10)
    assert beat.qt == pytest.approx(368, abs=15)
