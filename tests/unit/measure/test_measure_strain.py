"""Strain of walls whose motion is a closed form."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from heart_phantoms import Ventricles, beat, cine, short_axis_grid
from marey.anatomy import Level
from marey.core import Finding, InvalidInput, Motion
from marey.measure import SegmentedCine
from marey.measure.followed_wall import TrackedCine
from marey.measure.segment_strain import MeasureSegmentStrain
from marey.measure.strain import KEYS, MeasureStrain

PHASES = 12
INNER, WALL = 24.0, 8.0
GRID = short_axis_grid((3, 96, 96), turn=0.0, shift=(0.0, 0.0))
LEVELS = (Level.APICAL, Level.MID, Level.BASAL)


def segmented() -> SegmentedCine:
    return cine(beat(PHASES, INNER), GRID, levels=LEVELS)


def places() -> NDArray[np.float64]:
    """(row, column, 2) mm from the middle of the picture."""
    axes = ((np.arange(n) - (n - 1) / 2) * GRID.spacing[1] for n in GRID.shape[1:])
    return np.asarray(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1))


def motion(strength: float, twist: float = 0.0, shift: float = 0.0) -> Motion:
    """Walls move from r to sqrt(r^2 - lost): area is kept. `strength` is lost over the inner radius squared."""
    place = places()
    radius = np.maximum(np.linalg.norm(place, axis=-1), 1e-9)
    cycle = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(PHASES) / PHASES)
    fields = []
    for share in cycle:
        scale = np.sqrt(np.maximum(1 - share * strength * INNER**2 / radius**2, 0.04))[..., None]
        angle = share * twist
        turned = place @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]).T
        fields.append(scale * turned + share * shift - place)
    field = np.repeat(np.array(fields, np.float32)[:, None], GRID.shape[0], axis=1)
    return Motion(field, GRID, segmented().labels.times, 0)


def value(found: Iterable[Finding], key: str) -> float:
    values = {finding.key: finding.value for finding in found}
    found_value = values[key]
    assert isinstance(found_value, float)
    return found_value


@pytest.mark.parametrize("strength", [0.1, 0.3, 0.5])
def test_strain_of_an_area_preserving_contraction(strength: float) -> None:
    strains = MeasureStrain()(TrackedCine(segmented(), motion(strength))).findings
    lost = strength * INNER**2
    for key, radius in (("lv_gcs_endo", INNER), ("lv_gcs", INNER + WALL / 2), ("lv_gcs_epi", INNER + WALL)):
        assert value(strains, key) == pytest.approx(100 * (np.sqrt(1 - lost / radius**2) - 1), abs=0.6)
    outer, inner = (np.sqrt(radius**2 - lost) for radius in (INNER + WALL, INNER))
    assert value(strains, "lv_grs") == pytest.approx(100 * ((outer - inner) / WALL - 1), rel=0.06)
    assert value(strains, "lv_time_to_peak_gcs") == pytest.approx(450.0)


@pytest.mark.parametrize(("twist", "shift"), [(0.3, 0.0), (0.0, 8.0), (0.2, -5.0)])
def test_turning_and_shifting_the_heart_is_no_strain(twist: float, shift: float) -> None:
    strains = MeasureStrain()(TrackedCine(segmented(), motion(0.0, twist, shift))).findings
    assert value(strains, "lv_gcs") == pytest.approx(0.0, abs=0.05)
    moving = MeasureStrain()(TrackedCine(segmented(), motion(0.3, twist, shift))).findings
    still = MeasureStrain()(TrackedCine(segmented(), motion(0.3))).findings
    assert value(moving, "lv_gcs") == pytest.approx(value(still, "lv_gcs"), abs=0.1)


def test_curves_begin_and_end_at_rest() -> None:
    curves = MeasureStrain()(TrackedCine(segmented(), motion(0.3))).curves
    assert set(curves) == {"LV GCS [%]", "LV GRS [%]"}
    for times, values in curves.values():
        assert len(times) == len(values) == PHASES
        assert values[0] == 0


def test_every_finding_says_how_it_was_measured_and_how_sure_it_is() -> None:
    for finding in MeasureStrain()(TrackedCine(segmented(), motion(0.3))).findings:
        assert finding.method
        assert finding.convention
        assert isinstance(finding.value, float)
        assert finding.interval is not None
        assert finding.interval[0] <= finding.value <= finding.interval[1]


@pytest.mark.parametrize(
    "change", [{"levels": (Level.APICAL, Level.BASAL, Level.BASAL)}, {"levels": (Level.OUTSIDE,) * 3}]
)
def test_without_a_mid_slice_no_number_is_given(change: dict[str, tuple[Level, ...]]) -> None:
    tracked = TrackedCine(replace(segmented(), **change), motion(0.3))  # type: ignore[arg-type]
    strains = MeasureStrain()(tracked)
    assert {finding.key for finding in strains.findings} == set(KEYS)
    assert all(finding.value is None and "closed wall" in finding.message for finding in strains.findings)
    assert not strains.curves


def test_an_open_wall_is_not_measured() -> None:
    open_wall = Ventricles(inner=INNER, wall=lambda angle: np.where(np.abs(angle) < 0.6, 0.0, WALL))
    broken = cine([open_wall] * PHASES, GRID, levels=LEVELS)
    assert MeasureStrain()(TrackedCine(broken, motion(0.3))).findings[0].value is None


def test_few_phases_give_no_peak() -> None:
    few = cine(beat(4, INNER), GRID, levels=LEVELS)
    field = Motion(np.zeros((4, *GRID.shape, 2), np.float32), GRID, few.labels.times, 0)
    found = MeasureStrain()(TrackedCine(few, field)).findings
    assert all(finding.value is None and "4 phases" in finding.message for finding in found)


def test_without_a_clock_the_peak_has_no_time() -> None:
    timeless = cine(beat(PHASES, INNER), GRID, levels=LEVELS, rr_interval=float("nan"))
    times = np.arange(PHASES) / PHASES
    timeless = replace(timeless, labels=replace(timeless.labels, times=times))
    strains = MeasureStrain()(TrackedCine(timeless, replace(motion(0.3), times=times)))
    found = {finding.key: finding for finding in strains.findings}
    assert found["lv_time_to_peak_gcs"].value is None
    assert found["lv_gcs"].value is not None
    assert not strains.curves


def test_motion_of_another_cine_is_refused() -> None:
    with pytest.raises(InvalidInput, match="from phase 3"):
        TrackedCine(segmented(), replace(motion(0.3), reference=3))
    with pytest.raises(InvalidInput, match="grid of the labels"):
        TrackedCine(segmented(), replace(motion(0.3), grid=short_axis_grid((3, 96, 96), turn=0.4)))


def test_every_segment_of_an_even_contraction_has_the_strain_of_the_whole() -> None:
    tracked = TrackedCine(segmented(), motion(0.3))
    whole = value(MeasureStrain()(tracked).findings, "lv_gcs")
    found = MeasureSegmentStrain()(tracked)
    around = [value(found, f"wall_circumferential_strain_aha_{n}") for n in range(1, 17)]
    assert around == pytest.approx([whole] * 16, abs=1.0)
    across = [value(found, f"wall_radial_strain_aha_{n}") for n in range(1, 17)]
    assert across == pytest.approx([value(MeasureStrain()(tracked).findings, "lv_grs")] * 16, abs=3.0)
    assert value(found, "lv_strain_dispersion") == pytest.approx(0, abs=1e-6)


def test_strain_rate_of_a_cosine() -> None:
    """The strain curve is nearly a cosine of one turn: its steepest slopes are pi times its depth over the cycle."""
    found = MeasureStrain()(TrackedCine(segmented(), motion(0.1))).findings
    steepest = np.pi * abs(value(found, "lv_gcs")) / 100 / 0.9
    assert value(found, "lv_gcs_rate_systolic") == pytest.approx(-steepest, rel=0.05)
    assert value(found, "lv_gcs_rate_diastolic") == pytest.approx(steepest, rel=0.05)


def test_segments_need_phases_and_a_right_ventricle() -> None:
    few = cine(beat(4, INNER), GRID, levels=LEVELS)
    short = Motion(motion(0.3).displacement[:4], GRID, few.labels.times, 0)
    found = MeasureSegmentStrain()(TrackedCine(few, short))
    assert all(one.value is None and "4 phases" in one.message for one in found if not one.key.endswith("_17"))
    hearts = [Ventricles(inner=one.inner, wall=one.wall, rv=0.0) for one in beat(PHASES, INNER)]
    alone = cine(hearts, GRID, levels=LEVELS)
    found = MeasureSegmentStrain()(TrackedCine(alone, motion(0.3)))
    assert all(one.value is None and "right ventricle" in one.message for one in found if not one.key.endswith("_17"))


def test_a_spread_of_times_needs_segments_and_a_clock() -> None:
    lone = cine(beat(PHASES, INNER), GRID, levels=(Level.OUTSIDE, Level.MID, Level.OUTSIDE))
    found = {one.key: one for one in MeasureSegmentStrain()(TrackedCine(lone, motion(0.3)))}
    assert found["lv_strain_dispersion"].value is None
    assert "6 of 16 segments" in found["lv_strain_dispersion"].message
    timeless = cine(beat(PHASES, INNER), GRID, levels=LEVELS, rr_interval=float("nan"))
    still = replace(motion(0.3), times=timeless.labels.times)
    found = {one.key: one for one in MeasureSegmentStrain()(TrackedCine(timeless, still))}
    assert "no times" in found["lv_strain_dispersion"].message
