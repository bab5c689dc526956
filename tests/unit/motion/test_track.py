"""Tracking: the group law, hearts whose motion is known, and what must be refused."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from heart_phantoms import STRUCTURES, beat, cine, short_axis_grid
from marey.core import Grid, Image, InvalidInput, Labels, Motion, NotAnalysable
from marey.motion import LabelledCine, TrackCine
from marey.motion._kernels import compose
from marey.motion.demons import Demons, exponential

GRID = short_axis_grid((2, 72, 72), turn=0.0)
PHASES = 8
TIMES: NDArray[np.float64] = np.arange(PHASES, dtype=np.float64) * 100.0
SHRINKING = 6.0  # mm of the radius that the endocardium loses


def pixel_radius(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(row, column, 2) mm from the middle of the picture and its length."""
    y, x = np.meshgrid(*((np.arange(n) - (n - 1) / 2) * grid.spacing[1] for n in grid.shape[1:]), indexing="ij")
    return np.stack([y, x], axis=-1), np.hypot(y, x)


def lost_area(phases: int = PHASES) -> NDArray[np.float64]:
    """(t,) mm^2 / pi that the cavity has lost: an area-preserving wall moves from r to sqrt(r^2 - lost)."""
    largest = 24.0**2 - (24.0 - SHRINKING) ** 2
    return np.asarray(largest * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(phases) / phases)))


def material_radius(radius: NDArray[np.float64], lost: float) -> NDArray[np.float64]:
    """Where at end-diastole that lay which is at `radius` now."""
    return np.asarray(np.sqrt(radius**2 + lost))


def ventricle(texture: float = 0.25) -> Image:
    """A ring whose texture, fixed to the muscle, moves with it; the chest around it is at rest with the same motion."""
    place, radius = pixel_radius(GRID)
    angle = np.arctan2(place[..., 0], place[..., 1])
    frames = []
    for lost in lost_area():
        material = material_radius(radius, lost)
        blood = 1 / (1 + np.exp((material - 24.0) / 0.8))
        chest = 1 / (1 + np.exp(-(material - 34.0) / 0.8))
        spots = texture * np.sin(material / 2.5) * np.cos(5 * angle)
        frames.append(blood + 0.6 * chest + spots)
    values = np.repeat(np.array(frames)[:, None], GRID.shape[0], axis=1)
    return Image(values.astype(np.float32), GRID, TIMES)


def true_displacement(phase: int) -> NDArray[np.float64]:
    """(row, column, 2) mm from end-diastole; meaningless where the cavity closes."""
    place, radius = pixel_radius(GRID)
    now = np.sqrt(np.maximum(radius**2 - lost_area()[phase], 0.0))
    return np.asarray(place * (now / np.maximum(radius, 1e-9) - 1)[..., None])


def wall() -> NDArray[np.bool_]:
    radius = pixel_radius(GRID)[1]
    return np.asarray((radius > 24.0) & (radius < 34.0))


def smooth_velocity(seed: int) -> NDArray[np.float32]:
    noise = np.random.default_rng(seed).standard_normal((3, 48, 48, 2))
    smooth = ndimage.gaussian_filter(noise, (0, 5, 5, 0), mode="constant")
    return np.asarray(3 * smooth / np.abs(smooth).max(), np.float32)


@pytest.mark.parametrize("seed", range(3))
def test_exponential_of_the_negative_is_the_inverse(seed: int) -> None:
    velocity = smooth_velocity(seed)
    there_and_back = compose(exponential(velocity), exponential(-velocity))[:, 8:-8, 8:-8]
    assert np.abs(there_and_back).max() < 0.06  # pixels; the way itself is up to 3


def test_exponential_of_a_constant_velocity_is_a_shift() -> None:
    velocity = np.broadcast_to(np.array([1.25, -0.5], np.float32), (1, 20, 20, 2)).copy()
    np.testing.assert_allclose(exponential(velocity), velocity, atol=1e-5)


def test_squaring_is_the_group_law() -> None:
    velocity = smooth_velocity(7)
    twice = compose(exponential(velocity), exponential(velocity))[:, 8:-8, 8:-8]
    np.testing.assert_allclose(twice, exponential(2 * velocity)[:, 8:-8, 8:-8], atol=0.08)


def test_a_heart_at_rest_does_not_move() -> None:
    still = ventricle()
    still = replace(still, values=np.repeat(still.values[:1], PHASES, axis=0))
    assert np.abs(TrackCine()(LabelledCine(still)).displacement).max() < 1e-4


@pytest.mark.parametrize("reference", [0, 3])
def test_a_contracting_wall_is_followed_by_its_picture(reference: int) -> None:
    motion = TrackCine()(LabelledCine(ventricle(), reference=reference))
    assert not motion.displacement[reference].any()
    assert motion.area_ratio().min() > 0
    if reference == 0:
        error = np.linalg.norm(motion.displacement[PHASES // 2, 0] - true_displacement(PHASES // 2), axis=-1)[wall()]
        assert np.linalg.norm(true_displacement(PHASES // 2), axis=-1)[wall()].mean() > 4.0
        assert error.mean() < 0.6  # mm


def test_labels_lead_where_the_picture_shows_nothing() -> None:
    segmented = cine(beat(PHASES), GRID)
    labels = segmented.labels
    noise = np.random.default_rng(0).standard_normal(labels.values.shape).astype(np.float32) * 0.01
    dim = Image(noise + np.linspace(0, 1, GRID.shape[2], dtype=np.float32), GRID, labels.times)
    motion = TrackCine(label_weight=3.0)(LabelledCine(dim, labels))
    cavity = (labels.values[:, 0] == 1).astype(float)
    places = np.indices(GRID.shape[1:]) + np.moveaxis(motion.displacement[4, 0], -1, 0) / GRID.spacing[1]
    carried = ndimage.map_coordinates(cavity[4], places, order=1) > 0.5
    assert dice(cavity[0] > 0, cavity[4] > 0) < 0.65
    assert dice(cavity[0] > 0, carried) > 0.85


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


def test_half_a_beat_is_not_closed() -> None:
    """With the beat known to be longer than what was seen, the last phase keeps its own place."""
    image = ventricle()
    half = replace(image, values=image.values[:5], times=image.times[:5])
    known = replace(half, rr_intervals=np.full(GRID.shape[0], 800.0))
    radial = [
        (TrackCine()(LabelledCine(one)).displacement[-1, 0] * true_displacement(4)).sum(-1)[wall()].mean()
        for one in (half, known)
    ]
    assert radial[1] > radial[0]


def test_without_smoothing_between_phases_each_phase_stands_alone() -> None:
    image = ventricle()
    some = replace(image, values=image.values[[0, 4]], times=image.times[[0, 4]])
    alone = TrackCine(Demons(between_phases=0.0, between_slices=0.0))
    whole = alone(LabelledCine(image)).displacement[4]
    low, high = (np.percentile(one.values, (2, 98)) for one in (image, some))
    np.testing.assert_allclose(low, high, atol=0.2)
    assert np.abs(alone(LabelledCine(some)).displacement[1] - whole).mean() < 0.1


@pytest.mark.parametrize(
    ("broken", "error", "said"),
    [
        (lambda it: replace(it, values=it.values[:1], times=it.times[:1]), NotAnalysable, "one phase"),
        (lambda it: replace(it, values=np.ones_like(it.values)), NotAnalysable, "same grey level"),
        (lambda it: it.crop(slice(0, 12), slice(0, 40)), InvalidInput, "12 x 40 pixels"),
    ],
)
def test_what_cannot_be_tracked_is_refused(broken: object, error: type[Exception], said: str) -> None:
    assert callable(broken)
    with pytest.raises(error, match=said):
        TrackCine()(LabelledCine(broken(ventricle())))


def test_labels_of_another_cine_are_refused() -> None:
    image = ventricle()
    shape = (PHASES, *GRID.shape)
    other = Labels(np.zeros((PHASES - 1, *GRID.shape), np.uint8), GRID, image.times[1:], STRUCTURES)
    with pytest.raises(InvalidInput, match="7 phases"):
        LabelledCine(image, other)
    elsewhere = Labels(np.zeros(shape, np.uint8), short_axis_grid((2, 72, 72), turn=0.5), image.times, STRUCTURES)
    with pytest.raises(InvalidInput, match="same pixels"):
        LabelledCine(image, elsewhere)


@pytest.mark.parametrize(
    ("shape", "value", "reference", "said"),
    [
        ((PHASES, 2, 72, 71, 2), 0.0, 0, "shape"),
        ((PHASES, 2, 72, 72, 2), np.nan, 0, "not numbers"),
        ((PHASES, 2, 72, 72, 2), 0.0, PHASES, "reference phase is 8"),
    ],
)
def test_motion_of_a_wrong_form_is_refused(shape: tuple[int, ...], value: float, reference: int, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        Motion(np.full(shape, value, np.float32), GRID, TIMES, reference)
