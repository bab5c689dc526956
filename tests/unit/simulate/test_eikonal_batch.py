import numpy as np
import pytest

from marey.core.errors import InvalidInput
from marey.simulate.eikonal import ConductionTissue, Site, activation_library, activation_times

SHAPE = (8, 12, 20)
LEFT, RIGHT, TOP = Site((1.0, 6.0, 4.0)), Site((18.0, 6.0, 4.0)), Site((9.0, 1.0, 7.0))


@pytest.fixture(scope="module")
def tissue() -> ConductionTissue:
    velocity = np.full(SHAPE, 0.6)
    velocity[0, 0, 0] = 0.0
    fibre = np.broadcast_to(np.array([1.0, 0.5, 0.0]), (*SHAPE, 3))
    return ConductionTissue(np.ones(SHAPE, bool), 1.0, fibre, velocity, velocity / 2)


def test_superposition_is_the_solution_of_all_sites_but_where_fronts_meet(tissue: ConductionTissue) -> None:
    library = activation_library(tissue, [[LEFT], [RIGHT], [TOP]])
    together = library.activation({0: 0.0, 2: 12.0})
    exact = activation_times(tissue, [LEFT, Site(TOP.point, 12.0)])
    np.testing.assert_array_equal(together.reached, exact.reached)
    off = np.abs(together.times[exact.reached] - exact.times[exact.reached])
    assert np.median(off) < 1e-4
    assert off.max() < 1.0


def test_a_source_of_several_sites_is_one(tissue: ConductionTissue) -> None:
    library = activation_library(tissue, [[LEFT, TOP]])
    exact = activation_times(tissue, [LEFT, TOP])
    np.testing.assert_allclose(library.arrival({0: 3.0}), exact.times[tissue.conducting] + 3, rtol=1e-6)


def test_asking_does_not_change_the_library(tissue: ConductionTissue) -> None:
    library = activation_library(tissue, [[LEFT], [RIGHT]])
    before = library.times.copy()
    library.arrival({0: 5.0, 1: 0.0})
    np.testing.assert_array_equal(library.times, before)


@pytest.mark.parametrize(
    ("delays", "found"),
    [({}, "sources"), ({1: 0.0}, r"\[1\]"), ({-1: 0.0}, r"\[-1\]"), ({0: float("nan")}, "delays")],
)
def test_sources_that_are_not_there_are_refused(tissue: ConductionTissue, delays: dict[int, float], found: str) -> None:
    with pytest.raises(InvalidInput, match=found):
        activation_library(tissue, [[LEFT]]).arrival(delays)


def test_an_empty_library_is_refused(tissue: ConductionTissue) -> None:
    with pytest.raises(InvalidInput, match="No source"):
        activation_library(tissue, [])
