"""What must hold for every heart and every way to cut it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from heart_phantoms import Ventricles, cine, short_axis_grid
from marey.core import Facts, Finding, Grid, Labels
from marey.core.units import cm, kg
from marey.measure import MeasureVolumes, MeasureWall, SegmentedCine

FACTS = Facts(sex="F", age=50, height=165 * cm, weight=60 * kg)


def bumpy(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return 9 + 2.5 * np.sin(angle + 0.4)


HEARTS = [Ventricles(wall=bumpy), Ventricles(inner=16.0, wall=lambda angle: bumpy(angle) + 3, rv=24.0)]
SOURCE = cine(HEARTS, facts=FACTS)


def numbers(findings: tuple[Finding, ...]) -> dict[str, float]:
    return {finding.key: finding.value for finding in findings if isinstance(finding.value, float)}


def measure(source: SegmentedCine) -> dict[str, float]:
    return {**numbers(MeasureVolumes()(source)), **numbers(MeasureWall()(source))}


EXPECTED = measure(SOURCE)


def reordered(source: SegmentedCine, flip: tuple[bool, bool, bool], transpose: bool) -> SegmentedCine:
    """The same heart with its array axes reversed or exchanged, and the grid told so."""
    labels = source.labels
    values, affine, levels = labels.values, labels.grid.affine.copy(), source.levels
    for axis, reverse in enumerate(flip):
        if reverse:
            values = np.flip(values, axis + 1)
            affine[:3, 3] += affine[:3, axis] * (values.shape[axis + 1] - 1)
            affine[:3, axis] *= -1
    if flip[0]:
        levels = levels[::-1]
    if transpose:
        values, affine = values.swapaxes(2, 3), affine[:, [0, 2, 1, 3]]
    grid = Grid(values.shape[1:], affine)
    return replace(source, labels=Labels(values, grid, labels.times, labels.structures), levels=levels)


@settings(max_examples=16, deadline=None)
@given(flip=st.tuples(st.booleans(), st.booleans(), st.booleans()), transpose=st.booleans())
def test_the_order_of_the_array_changes_nothing(flip: tuple[bool, bool, bool], transpose: bool) -> None:
    found = measure(reordered(SOURCE, flip, transpose))
    assert found.keys() == EXPECTED.keys()
    for key, value in EXPECTED.items():
        tolerance = 0.15 if key.startswith("wall") else 1e-9
        tolerance = 3.0 if key.startswith("wall_thickening") else tolerance
        assert found[key] == pytest.approx(value, abs=tolerance), key


@settings(max_examples=12, deadline=None)
@given(turn=st.floats(-np.pi, np.pi), y=st.floats(-0.7, 0.7), x=st.floats(-0.7, 0.7))
def test_turning_and_shifting_the_slices_changes_little(turn: float, y: float, x: float) -> None:
    found = measure(cine(HEARTS, short_axis_grid(turn=turn, shift=(y, x)), facts=FACTS))
    assert found.keys() == EXPECTED.keys()
    for key, value in EXPECTED.items():
        if key.startswith("wall_thickness"):
            assert found[key] == pytest.approx(value, abs=0.8), key
        elif key.startswith("lv") and key != "lv_mass_drift":
            assert found[key] == pytest.approx(value, rel=0.05), key


@settings(max_examples=12, deadline=None)
@given(scale=st.floats(0.7, 1.4))
def test_volumes_scale_with_the_cube_and_walls_with_the_length(scale: float) -> None:
    labels = SOURCE.labels
    affine = labels.grid.affine.copy()
    affine[:3, :3] *= scale
    grid = Grid(labels.grid.shape, affine)
    found = measure(replace(SOURCE, labels=Labels(labels.values, grid, labels.times, labels.structures)))
    for key in ("lv_edv", "lv_sv", "lv_mass", "rv_edv", "lv_co"):
        assert found[key] == pytest.approx(EXPECTED[key] * scale**3)
    assert found["lv_ef"] == pytest.approx(EXPECTED["lv_ef"])
    assert found["wall_thickness_ed_max"] == pytest.approx(EXPECTED["wall_thickness_ed_max"] * scale)


@settings(max_examples=12, deadline=None)
@given(height=st.floats(120, 210), weight=st.floats(30, 180))
def test_an_index_times_the_surface_is_the_measurement(height: float, weight: float) -> None:
    facts = replace(FACTS, height=height * cm, weight=weight * kg)
    found = numbers(MeasureVolumes()(replace(SOURCE, facts=facts)))
    indexed = [key for key in found if key.endswith("_index")]
    assert len(indexed) == 8
    for key in indexed:
        assert found[key] * found["bsa"] == pytest.approx(found[key.removesuffix("_index")])


@settings(max_examples=12, deadline=None)
@given(inner=st.floats(12, 20), wall=st.floats(6, 14))
def test_more_thickening_or_ejection_reads_as_more(inner: float, wall: float) -> None:
    def systole(thickness: float, radius: float) -> Ventricles:
        return Ventricles(inner=radius, wall=lambda angle: np.full_like(angle, thickness), rv=22.0)

    less = measure(cine([HEARTS[0], systole(wall, inner)]))
    more = measure(cine([HEARTS[0], systole(wall + 1, inner - 1)]))
    assert more["lv_ef"] > less["lv_ef"]
    assert more["wall_thickness_es_aha_7"] > less["wall_thickness_es_aha_7"]
