"""The statistical shape model: how ventricles differ between people, diseases and moments of the beat.

Mean and principal components of the template's points over simulated hearts (after Cootes et al. 1995,
doi:10.1006/cviu.1995.1004), and smooth waves along the wall for what the components do not reach: simulated hearts
differ less than patients. A heart is

    points = mean + scores * sd @ modes + ways @ long waves + direction * (amplitudes @ waves)

in the heart frame of its end-diastole (z from apex to base, x away from the septum), with the origin in the middle of
the left endocardium. Made by `python -m marey.shape.training`.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import MEDIUM, Resolution
from marey.core import UnreadableFile

FloatArray = NDArray[np.float64]
TABLES = ("mean", "modes", "sd", "direction", "waves", "eigenvalues")
WIDER = 2.0  # how much more patients are taken to differ than simulated hearts
LONG_WAVES, WAVE_SD, DECAY = 40, 3.0, (0.05, 0.08)


@dataclass(frozen=True, eq=False)
class ShapeModel:
    """A linear model of the template's points.

    Args:
        mean: (n, 3) mm.
        modes: (k, n, 3) orthogonal, unit root mean square over the points.
        sd: (k,) mm, standard deviation of each mode over hearts and moments.
        direction: (n, 3) unit vectors through the wall, from the cavity outwards.
        waves: (w, n) smooth amplitudes along the wall, unit root mean square.
        eigenvalues: (w,) of the waves, growing as they get shorter.
        resolution: of the template.
    """

    mean: FloatArray
    modes: FloatArray
    sd: FloatArray
    direction: FloatArray
    waves: FloatArray
    eigenvalues: FloatArray
    resolution: Resolution = MEDIUM

    @property
    def fields(self) -> FloatArray:
        """(u, n, 3) mm that one standard deviation of each unknown moves the points.

        The modes, wider than among simulated hearts; long waves in all three directions; waves through the wall.
        """
        modes = self.modes * (WIDER * self.sd)[:, None, None]
        free, through = (WAVE_SD / (1 + self.eigenvalues / decay) for decay in DECAY)
        long = self.waves[:LONG_WAVES, :, None] * free[:LONG_WAVES, None, None]
        ways = [long * np.eye(3)[axis] for axis in range(3)]
        return np.concatenate([modes, *ways, self.waves[..., None] * self.direction * through[:, None, None]])


@cache
def shipped_model() -> ShapeModel:
    """The model that comes with the package.

    Raises:
        UnreadableFile: the file is missing or not what it should be.
    """
    return read_model(Path(str(files("marey.shape"))) / "model.npz")


def read_model(path: Path) -> ShapeModel:
    """Read a model that `marey.shape.training` wrote.

    Raises:
        UnreadableFile: no such file, or without the tables.
    """
    try:
        with np.load(path) as file:
            tables = {name: np.asarray(file[name], np.float64) for name in TABLES}
    except (OSError, KeyError, ValueError) as error:
        raise UnreadableFile(
            f"The shape model '{path.name}' is missing or damaged ({type(error).__name__}).",
            f"A file with the tables {', '.join(TABLES)} is needed.",
            "Install Marey again: pip install --force-reinstall marey.",
        ) from error
    mean, modes, sd, direction, waves, eigenvalues = (tables[name] for name in TABLES)
    return ShapeModel(mean, modes, sd, direction, waves, eigenvalues)


__all__ = ["ShapeModel", "read_model", "shipped_model"]
