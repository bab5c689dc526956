"""Wall thickness against rings of known thickness, and the segments against a heart drawn in the patient."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from heart_phantoms import ANTERIOR, BASE, SEPTAL, Ventricles, cine, short_axis_grid
from marey.anatomy import AHA17, LV_CAVITY, LV_MYOCARDIUM, Level
from marey.core import Finding, Grid, Labels, NotAnalysable
from marey.measure import MeasureWall, SegmentedCine
from marey.measure.outlines import find_outlines
from marey.measure.septum import find_septum

ES = Ventricles(inner=16.0, wall=lambda angle: np.full_like(angle, 13.0), rv=24.0)


def bumpy(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thickest (12 mm) at the anterior wall, thinnest (6 mm) at the inferior wall."""
    return 9 + 3 * np.sin(angle)


def by_key(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.key: finding for finding in findings}


def numbers(findings: tuple[Finding, ...], kind: str) -> NDArray[np.float64]:
    values = [by_key(findings)[f"{kind}_aha_{number}"].value for number in range(1, 17)]
    assert all(isinstance(value, float) for value in values)
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize("pixel", [0.8, 1.4, 1.8])
@pytest.mark.parametrize(("inner", "outer"), [(25.0, 33.0), (17.0, 27.4), (25.0, 28.5)])
def test_a_ring_has_its_thickness(pixel: float, inner: float, outer: float) -> None:
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:96, :96] * pixel
    found = []
    for _ in range(8):
        centre = 48 * pixel + rng.uniform(-0.5, 0.5, 2) * pixel
        radius = np.hypot(y - centre[0], x - centre[1])
        values = np.where(radius < inner, 1, np.where(radius < outer, 2, 0)).astype(np.uint8)[None, None]
        grid = Grid((1, 96, 96), np.diag([8.0, pixel, pixel, 1.0]))
        outlines = find_outlines(Labels(values, grid, np.zeros(1), {1: LV_CAVITY, 2: LV_MYOCARDIUM}), 0, 0)
        assert outlines is not None
        found.append(float(np.mean(outlines.thickness(pixel / 2))))
    assert np.mean(found) == pytest.approx(outer - inner, rel=0.025)


def test_thickness_is_across_the_wall_not_along_the_ray() -> None:
    y, x = np.mgrid[:160, :160] * 1.0 - 80.2
    inside = (x / 45) ** 2 + (y / 20) ** 2 < 1
    from scipy.ndimage import distance_transform_edt

    wall = (distance_transform_edt(~inside) < 10.5) & ~inside  # a band of 10 mm outside the edge pixels' centres
    values = (inside + 2 * wall).astype(np.uint8)[None, None]
    labels = Labels(values, Grid((1, 160, 160), np.eye(4)), np.zeros(1), {1: LV_CAVITY, 2: LV_MYOCARDIUM})
    outlines = find_outlines(labels, 0, 0)
    assert outlines is not None
    thickness = outlines.thickness(0.5)
    along_rays = outlines.outer - outlines.inner
    assert np.ptp(thickness) < 1.0
    assert along_rays.max() > 1.3 * np.median(thickness)


def test_every_segment_of_an_even_wall_is_even() -> None:
    findings = MeasureWall()(cine([Ventricles(), ES]))
    assert numbers(findings, "wall_thickness_ed") == pytest.approx(9.0, rel=0.03)
    assert numbers(findings, "wall_thickness_es") == pytest.approx(13.0, rel=0.03)
    assert numbers(findings, "wall_thickening") == pytest.approx(100 * 4 / 9, abs=5)


def test_thickening_is_what_the_thicknesses_say() -> None:
    findings = MeasureWall()(cine([Ventricles(wall=bumpy), ES]))
    ed, es = numbers(findings, "wall_thickness_ed"), numbers(findings, "wall_thickness_es")
    assert numbers(findings, "wall_thickening") == pytest.approx(100 * (es - ed) / ed)


def test_the_anterior_wall_is_where_it_is_in_the_patient() -> None:
    found = numbers(MeasureWall()(cine([Ventricles(wall=bumpy), ES])), "wall_thickness_ed")
    assert found[[0, 6, 12]] == pytest.approx(11.8, abs=0.4)  # anterior
    assert found[[3, 9, 14]] == pytest.approx(6.2, abs=0.4)  # inferior
    assert found[[1, 2, 4, 5]] == pytest.approx([10.4, 7.6, 7.6, 10.4], abs=0.4)


def test_the_septum_lies_between_the_insertions() -> None:
    source = cine([Ventricles(), ES], short_axis_grid(turn=0.0))
    outlines = find_outlines(source.labels, 0, 6)
    assert outlines is not None
    septum = find_septum(source.labels, 0, 6, outlines)
    assert septum is not None
    assert np.sin(septum.middle) == pytest.approx(0.0, abs=0.05)  # x is septal
    assert np.cos(septum.middle) > 0
    assert np.degrees(septum.ends[1] - septum.ends[0]) % 360 > 60


def test_a_slice_without_right_ventricle_takes_its_neighbours_septum() -> None:
    source = cine([Ventricles(wall=bumpy), ES])
    values = source.labels.values.copy()
    values[:, :4][values[:, :4] == 3] = 0
    labels = Labels(values, source.labels.grid, source.labels.times, source.labels.structures)
    whole = numbers(MeasureWall()(source), "wall_thickness_ed")
    part = numbers(MeasureWall()(replace(source, labels=labels)), "wall_thickness_ed")
    assert part == pytest.approx(whole, abs=0.3)


def test_without_right_ventricle_no_segment_is_guessed() -> None:
    findings = by_key(MeasureWall()(cine([Ventricles(rv=0.0), replace(ES, rv=0.0)])))
    segments = [finding for key, finding in findings.items() if "_aha_" in key]
    assert len(segments) == 51
    assert all(finding.value is None and finding.message for finding in segments)
    assert findings["wall_thickness_ed_max"].value == pytest.approx(9.0, rel=0.06)


def test_the_true_apex_is_not_measured() -> None:
    findings = by_key(MeasureWall()(cine([Ventricles(), ES])))
    for kind in ("wall_thickness_ed", "wall_thickness_es", "wall_thickening"):
        assert findings[f"{kind}_aha_17"].value is None
        assert "apex" in findings[f"{kind}_aha_17"].message


def test_an_open_wall_is_not_averaged_as_thin() -> None:
    def open_inferior(angle: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(np.abs(angle + np.pi / 2) < np.radians(45), 0.0, 9.0)

    findings = by_key(MeasureWall()(cine([Ventricles(wall=open_inferior), ES])))
    assert findings["wall_thickness_ed_aha_4"].value is None
    assert "enough wall" in findings["wall_thickness_ed_aha_4"].message
    assert findings["wall_thickening_aha_4"].value is None
    assert findings["wall_thickness_es_aha_4"].value == pytest.approx(13.0, rel=0.03)
    assert findings["wall_thickness_ed_aha_1"].value == pytest.approx(9.0, rel=0.03)


def test_levels_without_slices_have_no_thickness() -> None:
    levels = (Level.OUTSIDE, Level.OUTSIDE, *[Level.MID] * 6)
    findings = by_key(MeasureWall()(cine([Ventricles(), ES], levels=levels)))
    assert findings["wall_thickness_ed_aha_13"].value is None
    assert findings["wall_thickness_ed_aha_1"].value is None
    assert findings["wall_thickness_ed_aha_7"].value == pytest.approx(9.0, rel=0.03)


def test_the_thickest_wall_is_found_with_its_slice() -> None:
    found = by_key(MeasureWall()(cine([Ventricles(wall=bumpy), ES])))["wall_thickness_ed_max"]
    assert found.value == pytest.approx(12.0, abs=0.4)
    assert isinstance(found.evidence["slice"], int)
    none = by_key(MeasureWall()(cine([Ventricles(), ES], levels=(Level.APICAL,) * 8)))["wall_thickness_ed_max"]
    assert none.value is None


def test_a_file_without_orientation_is_doubted() -> None:
    turned = short_axis_grid(directions=np.eye(3))
    source = cine([Ventricles(wall=bumpy), ES])
    labels = source.labels
    bare = replace(source, labels=Labels(labels.values, turned, labels.times, labels.structures))
    findings = by_key(MeasureWall()(bare))
    assert "keeps no orientation" in findings["wall_thickness_ed_aha_1"].message
    assert findings["wall_thickness_ed_aha_1"].confidence == 0.5


def flipped(source: SegmentedCine, directions: NDArray[np.float64]) -> SegmentedCine:
    """The same pixels, told to lie otherwise in the patient."""
    labels, old = source.labels, source.labels.grid
    grid = short_axis_grid(old.shape, old.spacing, directions=directions)
    return replace(source, labels=Labels(labels.values, grid, labels.times, labels.structures))


def test_base_and_apex_that_contradict_the_patient_are_doubted() -> None:
    source = cine([Ventricles(wall=bumpy), ES], short_axis_grid(turn=0.0))
    upside_down = flipped(source, np.stack([-BASE, ANTERIOR, SEPTAL], axis=1))
    findings = by_key(MeasureWall()(upside_down))
    assert "do not fit" in findings["wall_thickness_ed_aha_1"].message
    assert findings["wall_thickness_ed_aha_1"].confidence == 0.5
    assert findings["wall_thickness_ed_aha_1"].value == pytest.approx(11.8, abs=0.4)


def test_where_the_patient_says_little_the_view_from_the_apex_decides() -> None:
    source = cine([Ventricles(wall=bumpy), ES], short_axis_grid(turn=0.0))
    across = np.array([1.0, 0.0, 0.0])  # neither up nor to the front
    base = np.array([0.0, 0.8, 0.6])
    lying = flipped(source, np.stack([base, across, np.cross(across, base)], axis=1))
    findings = by_key(MeasureWall()(lying))
    assert findings["wall_thickness_ed_aha_1"].message == ""
    assert findings["wall_thickness_ed_aha_1"].value == pytest.approx(11.8, abs=0.4)


def test_findings_name_their_segment() -> None:
    findings = by_key(MeasureWall()(cine([Ventricles(), ES])))
    assert len(findings) == 52
    for segment in AHA17:
        found = findings[f"wall_thickness_ed_aha_{segment.number}"]
        assert found.evidence["segment_code"] == segment.code.value
        assert segment.name in found.label


def test_a_heart_that_does_not_move_is_refused() -> None:
    with pytest.raises(NotAnalysable, match="does not empty"):
        MeasureWall()(cine([Ventricles(), Ventricles()]))
