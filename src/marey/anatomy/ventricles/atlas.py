"""Shapes of the UK Biobank biventricular atlas, when the user has its file (marey[atlas]).

The Cardiac Atlas Project gives the principal components of the ventricles' surfaces at end-diastole and end-systole
together, of 630 healthy people (UKBRVLV.h5) or of all 4,329 (UKBRVLV_ALL.h5), at
https://www.cardiacatlas.org/biventricular-modes/; the cohort is that of Petersen et al. 2017,
doi:10.1186/s12968-017-0327-9. The file is not part of Marey.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, UnreadableFile

FloatArray = NDArray[np.float64]
KEYS = ("COEFF", "LATENT", "EXPLAINED", "MU")
FURTHEST = 6.0


@dataclass(frozen=True, eq=False)
class ShapeAtlas:
    """Mean and principal components of the ventricles' surfaces.

    Args:
        mean: (2, p, 3) mm, at end-diastole and end-systole.
        modes: (k, 2, p, 3) unit vectors over all their numbers.
        variances: (k,) mm2.
        explained: (k,) share of the whole variance.
    """

    mean: FloatArray
    modes: FloatArray
    variances: FloatArray
    explained: FloatArray

    def surfaces(self, scores: Mapping[int, float]) -> tuple[FloatArray, FloatArray]:
        """Points (p, 3) in mm at end-diastole and at end-systole, in the atlas's own frame and order.

        Args:
            scores: standard deviations from the mean, by the mode's number from 0.

        Raises:
            InvalidInput: a mode that the file does not have, or a score beyond 6 standard deviations.
        """
        shape = self.mean.copy()
        for mode, score in scores.items():
            if not 0 <= mode < len(self.modes):
                raise InvalidInput(
                    f"The atlas has no mode {mode}.", f"Modes are 0 to {len(self.modes) - 1}.", "Correct the number."
                )
            if not abs(score) <= FURTHEST:
                raise InvalidInput(
                    f"The score of mode {mode} is {score} standard deviations.",
                    f"It must lie between {-FURTHEST:g} and {FURTHEST:g}.",
                    "Correct it.",
                )
            shape += score * np.sqrt(self.variances[mode]) * self.modes[mode]
        return shape[0], shape[1]


def read_atlas(path: Path) -> ShapeAtlas:
    """Read UKBRVLV.h5 or UKBRVLV_ALL.h5.

    Raises:
        UnreadableFile: no such file, not HDF5, without the atlas's four tables in agreeing shapes, or h5py is not
            installed.
    """
    try:
        import h5py
    except ImportError as error:
        raise UnreadableFile(
            f"The file '{path}' is an HDF5 file, and h5py is not installed.",
            "Marey's extra 'atlas' brings it.",
            "Run: pip install 'marey[atlas]'.",
        ) from error
    try:
        with h5py.File(path, "r") as file:
            missing = [key for key in KEYS if key not in file]
            tables = {key: np.asarray(file[key], np.float64) for key in KEYS if key in file}
    except OSError as error:
        raise _unreadable(path, f"cannot be read ({type(error).__name__})") from error
    if missing:
        raise _unreadable(path, f"has no {', '.join(missing)}")
    return _atlas(path, tables)


def _atlas(path: Path, tables: Mapping[str, FloatArray]) -> ShapeAtlas:
    modes, mean = tables["COEFF"], tables["MU"].ravel()
    variances, explained = tables["LATENT"].ravel(), tables["EXPLAINED"].ravel()
    fits = modes.ndim == 2 and modes.shape[1] == mean.size and mean.size % 6 == 0 and mean.size > 0
    enough = fits and min(variances.size, explained.size) >= len(modes)
    if not enough or not all(np.isfinite(table).all() for table in tables.values()) or (variances < 0).any():
        shapes = ", ".join(f"{key} {table.shape}" for key, table in tables.items())
        raise _unreadable(path, f"has tables that do not agree or are not finite: {shapes}")
    count = len(modes)
    return ShapeAtlas(
        mean.reshape(2, -1, 3), modes.reshape(count, 2, -1, 3), variances[:count], explained[:count] / 100
    )


def _unreadable(path: Path, what: str) -> UnreadableFile:
    return UnreadableFile(
        f"The file '{path}' {what}.",
        "The biventricular atlas of UK Biobank is needed: COEFF (modes, 6 points), LATENT, EXPLAINED and MU.",
        "Download UKBRVLV.h5 from cardiacatlas.org/biventricular-modes again.",
    )


__all__ = ["ShapeAtlas", "read_atlas"]
