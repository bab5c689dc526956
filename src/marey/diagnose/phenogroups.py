"""Groups of patients who are alike, found without an outcome; none where the data have none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, NotAnalysable
from marey.diagnose.checks import LEAST_PATIENTS, check_features
from marey.diagnose.grouping import NullTest, Stability, describe_stability, group, null_test
from marey.diagnose.kernels import Blocks, embed
from marey.diagnose.symmetry import Symmetry, learn_symmetry
from marey.diagnose.table import CohortTable

Array = NDArray[np.float64]
STABLE = 0.75  # Jaccard similarity of a group that comes again: Hennig 2007, doi:10.1016/j.csda.2006.11.025
BY_CHANCE = 0.05
MOST_PATIENTS = 5_000


@dataclass(frozen=True, eq=False)
class Phenogroups:
    """Groups of alike patients.

    Args:
        table: what was learned from.
        blocks: columns of `table` by block.
        symmetry: how features were scaled.
        places: (patient, dimension) in the common space; weights: of its kernels.
        group: (patient,) 0, 1, ... from the largest group to the smallest.
        stability: of these groups when patients are drawn again.
        test: against patients without groups.
        centres: (group, feature) mean of the scaled features, for new patients.
        agreement: share of patients whom the nearest centre puts into their own group.
    """

    table: CohortTable
    blocks: Blocks
    symmetry: Symmetry
    places: Array
    weights: dict[str, float]
    group: NDArray[np.int64]
    stability: Stability
    test: NullTest
    centres: Array
    agreement: float


@dataclass(frozen=True)
class FindGroups:
    """Kernels of all blocks, k-means in their common space, and as many groups as are stable and not there by chance.

    Args:
        most: groups, at most.
        dimensions: of the common space.
        bootstraps: for the stability; draws: of patients without groups; seed: of both.
        subset: patients in each of these, at most.
    """

    most: int = 6
    dimensions: int = 5
    bootstraps: int = 50
    draws: int = 99
    seed: int = 0
    subset: int = 400

    def __call__(self, table: CohortTable, blocks: dict[str, tuple[str, ...]], /) -> Phenogroups:
        """Find groups; `blocks` names the columns of each.

        Raises:
            InvalidInput: blocks that name no column, one that does not exist or one twice; too many patients.
            NotAnalysable: too few patients, no useful column, or no stable groups.
        """
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # many threads wait for each other on so small arrays
            return self._find(*_checked(table, blocks))

    def _find(self, useful: CohortTable, columns: Blocks) -> Phenogroups:
        symmetry = learn_symmetry(useful.values)
        space = embed(symmetry(useful.values), columns, self.dimensions)
        counts = range(2, self.most + 1)
        test = null_test(useful.values, columns, counts, self.dimensions, (self.draws, self.subset, self.seed))
        if test.p > BY_CHANCE:
            raise _no_groups(f"patients without groups look as grouped as these (p = {test.p:.2f})")
        how = (self.bootstraps, self.subset, self.seed)
        known = {
            count: describe_stability(useful.values, columns, group(space.places, count), self.dimensions, how)
            for count in counts
            if test.excess[count] > 0
        }
        stable = [count for count, one in known.items() if min(one.jaccard) >= STABLE]
        if not stable:
            best = max(min(one.jaccard) for one in known.values())
            raise _no_groups(f"when patients are drawn again, some group changes (Jaccard similarity {best:.2f})")
        chosen = max(stable, key=lambda count: test.excess[count])
        found = group(space.places, chosen)
        centres = np.array([symmetry(useful.values)[found == one].mean(axis=0) for one in range(chosen)])
        agreement = float((nearest(symmetry(useful.values), centres, columns) == found).mean())
        return Phenogroups(
            useful, columns, symmetry, space.places, dict(space.weights), found, known[chosen], test, centres, agreement
        )


def nearest(scaled: Array, centres: Array, blocks: Blocks) -> NDArray[np.int64]:
    """The nearest centre (group, feature) of each patient (patient, feature), every block counting the same."""
    distance = np.zeros((len(scaled), len(centres)))
    for columns in blocks.values():
        away = scaled[:, None, columns] - centres[None][:, :, columns]
        distance += (away**2).mean(axis=2)
    return np.asarray(distance.argmin(axis=1))


def _checked(table: CohortTable, blocks: dict[str, tuple[str, ...]]) -> tuple[CohortTable, Blocks]:
    """The useful columns of the blocks, and where they are."""
    named = [name for names in blocks.values() for name in names]
    wrong = sorted({name for name in named if name not in table.names or named.count(name) > 1})
    if wrong or not named or not all(blocks.values()):
        raise InvalidInput(
            f"The blocks name {', '.join(f'{one!r}' for one in wrong) or 'no column'}, which the table does not have "
            "or which is named twice.",
            f"Columns of the table, each in one block, are needed: {', '.join(table.names)}.",
            "Correct the blocks: --block NAME=COLUMN,COLUMN",
        )
    if not LEAST_PATIENTS <= len(table.values) <= MOST_PATIENTS:
        kind = NotAnalysable if len(table.values) < LEAST_PATIENTS else InvalidInput
        raise kind(
            f"The table has {len(table.values)} patients.",
            f"Groups are looked for among {LEAST_PATIENTS} to {MOST_PATIENTS}.",
            "Add patients, or draw some at random.",
        )
    chosen = table.only(tuple(named))
    kept, notices = check_features(chosen.names, chosen.values)
    useful = chosen.only(kept, notices)
    places = {block: tuple(kept.index(name) for name in names if name in kept) for block, names in blocks.items()}
    return useful, {block: where for block, where in places.items() if where}


def _no_groups(why: str) -> NotAnalysable:
    return NotAnalysable(
        f"There are no stable groups in this table: {why}.",
        "Groups that stay when patients are drawn again, and that chance does not make, are needed.",
        "Describe these patients by their features; or try other blocks or more patients.",
    )


__all__ = ["FindGroups", "Phenogroups", "nearest"]
