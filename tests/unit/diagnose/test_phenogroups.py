"""Groups are found where there are some, and refused where there are none."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("sklearn")

from marey.core import InvalidInput, NotAnalysable
from marey.diagnose import CohortTable
from marey.diagnose.kernels import embed
from marey.diagnose.phenogroups import FindGroups, nearest
from marey.diagnose.symmetry import learn_symmetry

NAMES = ("a", "b", "c", "d", "e", "f")
BLOCKS: dict[str, tuple[str, ...]] = {"image": NAMES[:3], "clinical": NAMES[3:]}
QUICK = FindGroups(most=4, draws=39, bootstraps=8)


def mixture(count: int, seed: int = 0) -> tuple[CohortTable, NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    centres = np.array([[0] * 6, [3, 3, 0, 3, 0, 0], [0, -3, 3, 0, 3, -3]])
    truth = random.integers(0, count, 120)
    values = centres[truth] + random.normal(size=(120, 6))
    values[random.random(values.shape) < 0.03] = np.nan
    return CohortTable(NAMES, values), truth


@pytest.mark.parametrize("count", [2, 3])
def test_known_groups_are_found(count: int) -> None:
    from sklearn.metrics import adjusted_rand_score

    table, truth = mixture(count)
    found = QUICK(table, BLOCKS)
    assert found.group.max() + 1 == count
    assert adjusted_rand_score(truth, found.group) > 0.85
    assert min(found.stability.jaccard) > 0.85
    assert found.stability.rand > 0.8
    assert found.test.p <= 0.05
    assert found.agreement > 0.9
    assert sum(found.weights.values()) == pytest.approx(1)
    assert (np.diff(np.bincount(found.group)) <= 0).all()


@pytest.mark.parametrize("correlated", [False, True])
def test_noise_has_no_groups(correlated: bool) -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(120, 6)) @ (random.normal(size=(6, 6)) if correlated else np.eye(6))
    values[:, 2] = values[:, 2] > 0
    with pytest.raises(NotAnalysable, match="no stable groups"):
        QUICK(CohortTable(NAMES, values), BLOCKS)


def test_groups_that_change_are_no_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marey.diagnose.phenogroups.STABLE", 1.01)
    with pytest.raises(NotAnalysable, match="drawn again"):
        QUICK(mixture(2)[0], BLOCKS)


def test_the_order_of_patients_does_not_change_distances() -> None:
    values = mixture(2)[0].values
    order = np.random.default_rng(0).permutation(120)
    columns = {"image": (0, 1, 2), "clinical": (3, 4, 5)}
    places = [embed(learn_symmetry(one)(one), columns, 4).places for one in (values, values[order])]
    distance = [np.linalg.norm(one[:, None] - one[None], axis=2) for one in places]
    assert distance[1] == pytest.approx(distance[0][np.ix_(order, order)], abs=1e-6)


def test_a_long_tail_is_made_symmetric() -> None:
    tail = np.exp(np.random.default_rng(0).normal(size=(500, 1)))
    bent = learn_symmetry(tail)(tail)
    assert abs(float((bent**3).mean())) < 0.5


def test_new_patients_go_to_the_nearest_centre() -> None:
    centres = np.array([[0.0, 0.0], [4.0, 4.0]])
    assert nearest(np.array([[1.0, 1.0], [3.0, 5.0]]), centres, {"all": (0, 1)}).tolist() == [0, 1]


@pytest.mark.parametrize("blocks", [{}, {"image": ("a", "a")}, {"image": ("z",)}, {"image": ()}])
def test_wrong_blocks_are_refused(blocks: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(InvalidInput, match="--block"):
        QUICK(mixture(2)[0], blocks)


@pytest.mark.parametrize(("size", "kind"), [(10, NotAnalysable), (5001, InvalidInput)])
def test_too_few_and_too_many_patients_are_refused(size: int, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=f"{size} patients"):
        QUICK(CohortTable(("a",), np.random.default_rng(0).normal(size=(size, 1))), {"image": ("a",)})
