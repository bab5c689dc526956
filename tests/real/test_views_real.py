"""Views, phases and levels of real exams, the labels taken from the published contour points."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY, Level, View, volume_curve
from marey.core import Grid, Labels, NotAnalysable, Study
from marey.core.units import mL
from marey.detect.classify import classify
from marey.detect.levels import FindLevels, LabelledPhases
from marey.detect.long_axis import FindLongAxes, LabelledStudy
from marey.detect.phases import FindPhases
from marey.detect.short_axis import FindShortAxis
from marey.io.read import read_study
from marey.quality.all_checks import CheckQuality
from marey.quality.reading import Reading

EPI = ("SAX_LV_EPICARDIAL", "SAX_RV_SEPTUM", "SAX_LV_ENDOCARDIAL")
RV = ("SAX_RV_FREEWALL", "SAX_RV_SEPTUM")
PLANES = {  # by the direction of the normal, LPS, up to sign; the names are what the pictures show
    (0.05, 0.82, -0.57): View.FOUR_CHAMBER,
    (-0.74, 0.26, -0.62): View.THREE_CHAMBER,  # its SeriesDescription says 4CH
    (-0.78, -0.62, -0.05): View.TWO_CHAMBER,
    (0.65, 0.73, 0.22): View.RV_TWO_CHAMBER,  # its SeriesDescription says 2CH; it shows the right atrium and ventricle
    (-0.99, -0.06, -0.13): View.RV_OUTFLOW,
}


@pytest.fixture(scope="module")
def human(data_dir: Path) -> Study:
    return FindShortAxis()(read_study([data_dir / "human_cine_3t" / "dicom"]))


@pytest.fixture(scope="module")
def labels(human: Study, data_dir: Path) -> Labels:
    (sax,) = human.of_view(View.SHORT_AXIS)
    values = np.zeros(sax.values.shape, np.uint8)
    for phase in range(sax.phases):
        _draw(values[phase], sax.grid, data_dir / "human_cine_3t" / "guidepoints" / f"GPFile_{phase:03d}.txt")
    return Labels(values, sax.grid, sax.times, {1: LV_CAVITY, 2: LV_MYOCARDIUM, 3: RV_CAVITY})


def _draw(values: NDArray[np.uint8], grid: Grid, path: Path) -> None:
    """Convex hulls of the contour points of one frame; good enough for directions and volumes to 10 %."""
    rows = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    kinds = np.array([row[3] for row in rows])
    index = grid.index(np.array([[float(number) for number in row[:3]] for row in rows]))
    slices = np.round(index[:, 0]).astype(int)
    for z in range(grid.shape[0]):
        for label, wanted in ((3, RV), (2, EPI), (1, EPI[2:])):
            points = index[(slices == z) & np.isin(kinds, wanted), 1:]
            if len(points) > 5 and (kinds[slices == z] == EPI[2]).any():
                values[z][_inside(points, grid.shape[1:])] = label


def _inside(points: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    equations = ConvexHull(points).equations
    y, x = np.mgrid[: shape[0], : shape[1]]
    beyond = np.tensordot(equations[:, :2], np.stack([y, x]), 1) + equations[:, 2, None, None]
    inside: NDArray[np.bool_] = np.max(beyond, axis=0) <= 0
    return inside


def _right(study: Study) -> int:
    """Series with the right view: each short-axis slice is one series."""
    count = 0
    for image in study.images:
        expected = View.SHORT_AXIS
        for normal, view in PLANES.items():
            if abs(image.grid.normal @ np.array(normal)) > 0.99:
                expected = view
        count += image.grid.shape[0] * (image.view == expected)
    return count


def _nameless(study: Study) -> Study:
    return replace(study, images=tuple(replace(image, name="") for image in study.images))


def test_all_eleven_series_are_named_and_the_wrong_name_is_said(human: Study, labels: Labels) -> None:
    study = FindLongAxes()(LabelledStudy(human, labels))
    assert _right(study) == 11
    contradictions = [notice.text for notice in study.notices if notice.kind == "view-contradicts-name"]
    assert len(contradictions) == 1
    assert "calls itself 4-chamber but lies as a 3-chamber view" in contradictions[0]


def test_the_names_are_not_needed(human: Study, labels: Labels) -> None:
    assert _right(FindLongAxes()(LabelledStudy(_nameless(human), labels))) == 11
    assert _right(classify(_nameless(human))) == 11


@pytest.mark.parametrize("shift", [3.0])
def test_slices_shifted_by_breathing_change_no_view(human: Study, labels: Labels, shift: float) -> None:
    generator = np.random.default_rng(0)
    for _ in range(5):
        values = labels.values.copy()
        for z in range(values.shape[1]):
            by = np.round(generator.normal(0, shift / 1.4, 2)).astype(int)
            values[:, z] = np.roll(values[:, z], tuple(by), (1, 2))
        moved = Labels(values, labels.grid, labels.times, labels.structures)
        assert _right(FindLongAxes()(LabelledStudy(_nameless(human), moved))) == 11


def test_long_axes_alone_cannot_be_analysed_but_are_named(human: Study) -> None:
    alone = Study(human.images[1:])
    with pytest.raises(NotAnalysable, match="5 single-slice cines"):
        FindShortAxis()(alone)
    assert _right(classify(_nameless(alone))) == 5


def test_phases_and_levels(labels: Labels) -> None:
    phases = FindPhases()(labels)
    volumes = volume_curve(labels, LV_CAVITY) / mL
    assert phases.end_diastole in (24, 0, 1)
    assert phases.end_systole in (8, 9, 10)
    assert volumes[phases.end_systole] < 0.5 * volumes[phases.end_diastole]
    base_last = (Level.APICAL, Level.APICAL, Level.MID, Level.BASAL, Level.BASAL, Level.OUTSIDE)
    assert FindLevels()(LabelledPhases(labels, phases)) == base_last


def test_quality(human: Study, labels: Labels) -> None:
    findings = CheckQuality()(Reading(human.images[0], labels, FindPhases()(labels)))
    assert {finding.key for finding in findings if not finding.passed} == {"check_slice_distance"}


def test_the_pig_lies_otherwise_and_is_found_all_the_same(data_dir: Path) -> None:
    study = FindShortAxis()(read_study([data_dir / "pig_cine" / "short_axis"]))
    assert [image.view for image in study.images] == [View.SHORT_AXIS]
    assert not [notice for notice in study.notices if notice.kind == "unclear-short-axis"]
