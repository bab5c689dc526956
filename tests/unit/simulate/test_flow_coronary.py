from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from marey.core import InvalidInput
from marey.simulate.flow.coronary import (
    CoronaryParameters,
    Lesion,
    Tree,
    TreePrior,
    ffr,
    perfuse,
    ratio_at,
    resting_index,
    synthetic_tree,
)


def line(*parents: int, lesions: tuple[Lesion, ...] = (), radius: float = 1.5) -> Tree:
    n = len(parents)
    return Tree(np.array(parents), np.full(n, 20.0), np.full(n, radius), np.full(n, radius), lesions)


def test_trees_are_the_same_for_the_same_seed_and_obey_the_branching_law() -> None:
    a, b = (synthetic_tree(np.random.default_rng(4)) for _ in range(2))
    assert a.parent.size == 255
    assert a.leaves.size == 128
    np.testing.assert_array_equal(a.inlet_radius, b.inlet_radius)
    assert a.lesions == b.lesions
    for k in range(127):
        daughters = np.flatnonzero(a.parent == k)
        if daughters.size:
            assert (a.inlet_radius[daughters] ** 2.7).sum() == pytest.approx(a.outlet_radius[k] ** 2.7)


def test_disease_follows_its_prior() -> None:
    rng = np.random.default_rng(0)
    trees = [synthetic_tree(rng, 63) for _ in range(300)]
    lesions = [lesion for tree in trees for lesion in tree.lesions]
    assert len(lesions) / 300 == pytest.approx(2.0, abs=0.3)
    degrees = np.array([lesion.stenosis for lesion in lesions])
    assert 0.2 <= degrees.min() < 0.3
    assert 0.75 < degrees.max() <= 0.85
    assert not any(tree.lesions for tree in (synthetic_tree(rng, 63, TreePrior(lesions=0.0)) for _ in range(5)))


def test_order_of_segments_does_not_matter() -> None:
    tree = synthetic_tree(np.random.default_rng(2), 63)
    shuffle = np.random.default_rng(3).permutation(63)
    place = np.argsort(shuffle)
    parent = np.where(tree.parent[shuffle] < 0, -1, place[tree.parent[shuffle]])
    lesions = tuple(Lesion(int(place[x.segment]), x.position, x.length, x.stenosis) for x in tree.lesions)
    other = Tree(parent, tree.length[shuffle], tree.inlet_radius[shuffle], tree.outlet_radius[shuffle], lesions)
    np.testing.assert_allclose(ffr(other), ffr(tree)[shuffle], rtol=1e-12)


def test_places_along_a_segment() -> None:
    tree = line(-1, lesions=(Lesion(0, 0.5, 8.0, 0.6),))
    flow = perfuse(tree, dilation=0.24)
    along = [ratio_at(tree, flow, 0, x) for x in np.linspace(0, 1, 11)]
    assert along[0] == pytest.approx(1)
    assert along[-1] == pytest.approx(flow.ratio[0], rel=1e-12)
    assert (np.diff(along) < 0).all()
    assert along[4] - along[5] > 10 * (along[3] - along[4])


def test_resting_index_lies_above_ffr() -> None:
    tree = line(-1, lesions=(Lesion(0, 0.5, 8.0, 0.6),))
    assert ffr(tree)[0] < resting_index(tree)[0] < 1


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: Lesion(0, 0.5, 8.0, 1.0), "100 %"),
        (lambda: Lesion(0, 0.5, 8.0, 1.7), "170 %"),
        (lambda: Lesion(0, 1.5, 8.0, 0.5), "position"),
        (lambda: Lesion(0, 0.5, 0.0, 0.5), "long"),
        (lambda: line(-1, 0, radius=-1.0), "inlet_radius"),
        (lambda: line(-1, 0, radius=0.0015), "inlet_radius"),
        (lambda: line(-1, 2, 1), "cycle"),
        (lambda: line(-1, 0, -1), "2 roots"),
        (lambda: line(1, 0), "0 roots"),
        (lambda: line(-1, 7), "does not exist"),
        (lambda: line(-1, lesions=(Lesion(0, 0.5, 21.0, 0.5),)), "21 mm"),
        (lambda: line(-1, lesions=(Lesion(3, 0.5, 2.0, 0.5),)), "segment 3"),
        (lambda: Tree(np.array([-1]), np.ones(2), np.ones(1), np.ones(1)), "shape"),
        (lambda: perfuse(line(-1), dilation=0.0), "scaled by 0"),
        (lambda: ratio_at(line(-1), perfuse(line(-1)), 0, 1.2), "Position 1.2"),
        (lambda: synthetic_tree(np.random.default_rng(0), 4), "odd"),
        (lambda: synthetic_tree(np.random.default_rng(0), 300_001), "radius"),
        (lambda: CoronaryParameters(viscosity=4.0), "viscosity"),
    ],
)
def test_faults_are_refused(build: Callable[[], Any], word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        build()
