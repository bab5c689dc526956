"""Groups by k-means, whether they come again in other patients, and whether chance makes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.diagnose.kernels import Blocks, embed
from marey.diagnose.symmetry import learn_symmetry

Array = NDArray[np.float64]
Groups = NDArray[np.int64]
Draws = tuple[int, int, int]  # how many, patients in each at most, seed
STARTS = 5


@dataclass(frozen=True)
class Stability:
    """How groups come again when patients are drawn with replacement and grouped anew.

    Args:
        jaccard: mean Jaccard similarity of each group with its best match.
        rand: mean adjusted Rand index: Hubert and Arabie 1985, doi:10.1007/BF01908075.
    """

    jaccard: tuple[float, ...]
    rand: float


@dataclass(frozen=True)
class NullTest:
    """Separation against normally distributed patients with the same covariance, who have no groups.

    Args:
        silhouette: mean silhouette of these patients, by number of groups: doi:10.1016/0377-0427(87)90125-7.
        excess: by how many standard deviations it is above that of patients without groups.
        p: that patients without groups reach the greatest excess.
    """

    silhouette: Mapping[int, float]
    excess: Mapping[int, float]
    p: float


def group(places: Array, count: int) -> Groups:
    """Group of each place (patient, dimension), by k-means; 0 is the largest."""
    from sklearn.cluster import KMeans

    label = KMeans(count, n_init=STARTS, random_state=0).fit_predict(places)
    order = np.argsort(-np.bincount(label, minlength=count), kind="stable")
    return np.asarray(np.argsort(order)[label], np.int64)


def describe_stability(values: Array, blocks: Blocks, groups: Groups, dimensions: int, how: Draws) -> Stability:
    """Stability of groups (patient,) of features (patient, feature), every step done again in each draw."""
    from sklearn.metrics import adjusted_rand_score

    draws, subset, seed = how
    random = np.random.default_rng(seed)
    count, size = int(groups.max()) + 1, len(values)
    jaccard, rand = [], []
    for _ in range(draws):
        rows = np.sort(random.choice(size, min(subset, size)))
        again = group(_places(values[rows], blocks, dimensions), count)
        _, first = np.unique(rows, return_index=True)
        jaccard.append(_best_matches(groups[rows[first]], again[first], count))
        rand.append(adjusted_rand_score(groups[rows[first]], again[first]))
    return Stability(tuple(np.mean(jaccard, axis=0).tolist()), float(np.mean(rand)))


def _places(values: Array, blocks: Blocks, dimensions: int) -> Array:
    return embed(learn_symmetry(values)(values), blocks, dimensions).places


def _best_matches(groups: Groups, again: Groups, count: int) -> list[float]:
    """Greatest Jaccard similarity of each group with any of the new ones."""
    both = np.array([[((groups == a) & (again == b)).sum() for b in range(count)] for a in range(count)])
    either = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
    return [float(one) for one in (both / np.maximum(either, 1)).max(axis=1)]


def null_test(values: Array, blocks: Blocks, counts: Sequence[int], dimensions: int, how: Draws) -> NullTest:
    """Compare the separation of groups with that in normal patients of the same covariance, as in Liu et al. 2008,
    doi:10.1198/016214508000000454; features of two values keep their frequency, missing values stay missing.
    """
    draws, subset, seed = how
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(values))[:subset])
    own = _silhouettes(values[rows], blocks, counts, dimensions)
    scaled = learn_symmetry(values[rows])(values[rows])
    drawn = np.array(
        [_silhouettes(_without_groups(scaled, values[rows], random), blocks, counts, dimensions) for _ in range(draws)]
    )
    mean, deviation = drawn.mean(axis=0), np.maximum(drawn.std(axis=0), 1e-9)
    excess, by_chance = (own - mean) / deviation, ((drawn - mean) / deviation).max(axis=1)
    p = float((1 + (by_chance >= excess.max()).sum()) / (1 + draws))
    numbers = list(counts)
    return NullTest(dict(zip(numbers, own.tolist(), strict=True)), dict(zip(numbers, excess.tolist(), strict=True)), p)


def _silhouettes(values: Array, blocks: Blocks, counts: Sequence[int], dimensions: int) -> Array:
    """Mean silhouette for each number of groups."""
    from sklearn.metrics import silhouette_score

    places = _places(values, blocks, dimensions)
    return np.array([silhouette_score(places, group(places, count)) for count in counts])


def _without_groups(scaled: Array, values: Array, random: np.random.Generator) -> Array:
    """Normal patients with the covariance of the scaled features, shaped and with gaps like `values`."""
    covariance = np.atleast_2d(np.cov(scaled.T)) + 1e-9 * np.eye(scaled.shape[1])
    drawn = random.multivariate_normal(scaled.mean(axis=0), covariance, len(scaled))
    for index, column in enumerate(scaled.T):
        if np.unique(column).size == 2:
            high = column == column.max()
            drawn[:, index] = drawn[:, index] > np.quantile(drawn[:, index], 1 - high.mean())
    return np.where(np.isnan(values), np.nan, drawn)


__all__ = ["NullTest", "Stability", "describe_stability", "group", "null_test"]
