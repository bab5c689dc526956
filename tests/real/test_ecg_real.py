"""The simulated normal ECG among recorded normal ones, and the measurements against a device's."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from ecg_template import RIGHT, TemplateBeat, template_beat
from marey.simulate.ecg import (
    LEADS,
    BeatMeasurements,
    Pose,
    Torso,
    electrocardiogram,
    measure_beat,
    torso_lead_field,
    trunk_conductor,
)
from recorded_ecg import average_beat, normal_ids, ptbxl

TIMES = np.arange(-60.0, 560.0)


@pytest.fixture(scope="module")
def normals(data_dir: Path) -> list[BeatMeasurements]:
    folder = data_dir / "ecg"
    if not (folder / "ptbxl").is_dir():
        pytest.skip(f"no recorded ECG at {folder}")
    return [measure_beat(average_beat(ptbxl(folder, number), 100.0)) for number in normal_ids(folder)]


def simulated(beat: TemplateBeat) -> BeatMeasurements:
    torso, pose = Torso(), Pose()
    body = trunk_conductor(torso, pose, beat.tissue.points, beat.blood, spacing=7.0)
    field = torso_lead_field(beat.tissue, torso, pose, body)
    return measure_beat(electrocardiogram(field, beat.activation, beat.duration, TIMES))


def test_simulated_normal_lies_among_recorded_normals(normals: list[BeatMeasurements]) -> None:
    """Largest R and S of each lead within the nine normals' range, widened by a quarter for so few people."""
    own = simulated(template_beat(2.5))
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


def test_left_bundle_branch_block_of_the_template() -> None:
    block = simulated(template_beat(2.0, RIGHT))
    i, v1, v6 = (LEADS.index(lead) for lead in ("I", "V1", "V6"))
    assert block.qrs_duration > 130
    assert -block.s[v1] > 3 * block.r[v1]
    assert block.r[i] > 2 * -block.s[i]
    assert block.r[v6] > -block.s[v6]
    assert block.t[v1] > 0 > block.net[v1]
