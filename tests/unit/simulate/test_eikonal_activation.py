import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.simulate.eikonal import ConductionTissue, Site, activation_times

SHAPE = (9, 10, 11)
CORNER = Site((1.0, 1.0, 1.0))


def block(along: float = 0.6, across: float = 0.3) -> ConductionTissue:
    fibre = np.broadcast_to(np.array([1.0, 2.0, -1.0]), (*SHAPE, 3))
    return ConductionTissue(np.ones(SHAPE, bool), 1.0, fibre, along, across)


def random_tissue(seed: int) -> ConductionTissue:
    """Fibres and velocities that change smoothly, at random, and a hole that leaves one piece."""
    rng = np.random.default_rng(seed)
    mask = np.ones(SHAPE, bool)
    mask[2:5, 3:7, rng.integers(4, 8)] = False
    place = np.moveaxis(np.indices(SHAPE), 0, -1) / 10.0

    def wave() -> NDArray[np.float64]:
        field: NDArray[np.float64] = np.sin(place @ rng.uniform(-1, 1, 3) + rng.uniform(0, 6))
        return field

    along = 0.6 + 0.15 * wave()
    angle = np.pi * wave()
    fibre = np.stack([np.cos(angle), np.sin(angle), 0.5 * wave()], axis=-1)
    return ConductionTissue(mask, 1.0, fibre, along, along * (0.65 + 0.2 * wave()))


@pytest.mark.parametrize(
    ("sites", "found"),
    [
        ([], "No site"),
        ([Site((100.0, 1.0, 1.0))], "outside the conducting tissue"),
        ([Site((-0.6, 1.0, 1.0))], "outside the conducting tissue"),
        ([Site((float("nan"), 1.0, 1.0))], "finite numbers"),
        ([Site((1.0, 1.0, 1.0), float("inf"))], "finite numbers"),
    ],
)
def test_sites_that_cannot_be_are_refused(sites: list[Site], found: str) -> None:
    with pytest.raises(InvalidInput, match=found):
        activation_times(block(), sites)


def test_a_site_in_a_scar_is_refused() -> None:
    velocity = np.full(SHAPE, 0.5)
    velocity[1, 1, 1] = 0.0
    with pytest.raises(InvalidInput, match=r"\(1.0, 1.0, 1.0\) mm lies outside"):
        activation_times(block(velocity, velocity), [CORNER])  # type: ignore[arg-type]


def test_a_tolerance_that_is_not_positive_is_refused() -> None:
    with pytest.raises(InvalidInput, match="tolerance is -1"):
        activation_times(block(), [CORNER], tolerance=-1.0)


def test_what_lies_behind_scar_is_not_reached() -> None:
    velocity = np.full(SHAPE, 0.5)
    velocity[:, :, 6] = 0.0
    result = activation_times(dataclasses.replace(block(), along=velocity), [CORNER])
    assert result.reached[:, :, :6].all()
    assert not result.reached[:, :, 6:].any()
    assert np.isinf(result.times[~result.reached]).all()
    assert np.isfinite(result.times[result.reached]).all()


def test_a_diagonal_wall_of_one_voxel_does_not_leak() -> None:
    velocity = np.full(SHAPE, 0.5)
    y, x = np.indices(SHAPE)[1:]
    velocity[x + y == 9] = 0.0
    result = activation_times(dataclasses.replace(block(), along=velocity), [Site((4.0, 4.0, 4.0))])
    np.testing.assert_array_equal(result.reached, x + y < 9)


def test_the_frame_of_the_sites_is_that_of_the_origin() -> None:
    moved = dataclasses.replace(block(), origin=(10.0, 20.0, 30.0))
    result = activation_times(moved, [Site((12.0, 24.0, 36.0))])
    assert np.argmin(result.times) == np.ravel_multi_index((6, 4, 2), SHAPE)
    assert result.times[6, 4, 2] == 0.0
    assert result.duration == result.times.max()


def test_three_velocities_in_three_directions() -> None:
    fibre = np.broadcast_to(np.array([0.0, 0.0, 1.0]), (*SHAPE, 3))
    sheet = np.broadcast_to(np.array([1.0, 0.0, 0.0]), (*SHAPE, 3))
    tissue = ConductionTissue(np.ones(SHAPE, bool), 1.0, fibre, 0.6, 0.4, 0.2, sheet)
    times = activation_times(tissue, [Site((5.0, 4.0, 4.0))]).times
    assert times[8, 4, 5] == pytest.approx(4 / 0.6)
    assert times[4, 4, 9] == pytest.approx(4 / 0.4)
    assert times[4, 8, 5] == pytest.approx(4 / 0.2)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(-20, 200))
def test_a_later_start_delays_all_by_as_much(seed: int, delay: float) -> None:
    tissue = random_tissue(seed)
    first = activation_times(tissue, [CORNER]).times[tissue.mask]
    later = activation_times(tissue, [Site(CORNER.point, delay)]).times[tissue.mask]
    np.testing.assert_allclose(later, first + delay, atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.3, 3.0))
def test_times_scale_with_the_velocity(seed: int, factor: float) -> None:
    tissue = random_tissue(seed)
    faster = dataclasses.replace(tissue, along=tissue.along * factor, across=tissue.across * factor)
    times = activation_times(tissue, [CORNER], 1e-9).times[tissue.mask]
    np.testing.assert_allclose(activation_times(faster, [CORNER], 1e-9).times[tissue.mask] * factor, times, atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_nothing_is_faster_than_the_fastest_fibre_or_slower_than_the_slowest_way(seed: int) -> None:
    tissue = random_tissue(seed)
    result = activation_times(tissue, [CORNER])
    z, y, x = np.indices(SHAPE)
    distance = np.sqrt((x - 1.0) ** 2 + (y - 1.0) ** 2 + (z - 1.0) ** 2)
    assert result.reached[tissue.mask].all()
    assert np.all(result.times[tissue.mask] >= distance[tissue.mask] / np.max(tissue.along) * 0.98)
    steps = np.abs(np.diff(np.where(tissue.mask, result.times, np.nan), axis=2))
    assert np.nanmax(steps) <= 1.3 / np.min(tissue.across)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 10))
def test_another_site_makes_nothing_later(seed: int, delay: float) -> None:
    tissue = random_tissue(seed)
    other = Site((9.0, 8.0, 7.0), delay)
    one, two, both = (activation_times(tissue, s).times[tissue.mask] for s in ([CORNER], [other], [CORNER, other]))
    apart = np.minimum(one, two)
    np.testing.assert_array_less(both, apart + 0.5 / np.min(tissue.across))  # half a voxel, where fronts meet
    assert np.median(np.abs(both - apart)) < 1e-3


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.permutations([0, 1, 2]))
def test_turning_the_grid_turns_the_times(seed: int, axes: list[int]) -> None:
    tissue = random_tissue(seed)
    times = activation_times(tissue, [CORNER]).times
    components = [2 - a for a in axes[::-1]]
    turned = ConductionTissue(
        tissue.mask.transpose(axes), 1.0, tissue.fibre.transpose([*axes, 3])[..., components],
        np.transpose(tissue.along, axes), np.transpose(tissue.across, axes),
    )  # fmt: skip
    np.testing.assert_allclose(activation_times(turned, [CORNER]).times, times.transpose(axes), atol=1e-4)
