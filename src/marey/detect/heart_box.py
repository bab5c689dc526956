"""Where the heart is in a short-axis cine."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import Image, NotAnalysable
from marey.nets.cine_net import CineNet
from marey.nets.labels import PIXEL, WINDOW
from marey.nets.resample import resample

MOST_SLICES = 4
LIKELY = 0.5


@dataclass(frozen=True)
class HeartBox:
    """Rows and columns of the image that hold the heart, and how sure that is.

    Args:
        rows, columns: of the image's own pixels.
        evidence: mean probability of left ventricle at its centre, 0 to 1.
    """

    rows: slice
    columns: slice
    evidence: float


@dataclass(frozen=True)
class FindHeart:
    """Box around both ventricles.

    The network looks at the whole picture at two moments; the left ventricle is where its probability, averaged over
    slices, is largest. The box holds what is probably heart around it, and a margin.

    Args:
        margin: mm around what is probably heart.
        least_size, largest_size: mm of the box's sides.
        reach: mm around the LV centre in which heart is looked for.
        least_evidence: below this there is no heart in the pictures.
        net: the network.
    """

    margin: float = 22.0
    least_size: float = 120.0
    largest_size: float = PIXEL * WINDOW
    reach: float = 75.0
    least_evidence: float = 0.25
    net: CineNet = field(default_factory=CineNet)

    def __call__(self, image: Image) -> HeartBox:
        """Box of the heart.

        Raises:
            NotAnalysable: no left ventricle is visible.
        """
        likely, ventricle = self._maps(image)
        blurred = _blur(ventricle, int(12 / PIXEL))
        peak = np.unravel_index(blurred.argmax(), blurred.shape)
        evidence = float(blurred[peak])
        if evidence < self.least_evidence:
            raise NotAnalysable(
                f"No left ventricle was found in '{image.name or 'the short-axis images'}'.",
                "Short-axis cine MR with bright blood and the heart in the field of view is needed.",
                "Look at the images; if the heart is there, please report them as a case Marey cannot read.",
            )
        rows, columns = np.nonzero(likely | _disc(likely.shape, peak, 10.0))
        near = np.hypot(rows - peak[0], columns - peak[1]) * PIXEL < self.reach
        _, dy, dx = image.grid.spacing
        _, height, width = image.grid.shape
        down, across = rows[near] * PIXEL / dy, columns[near] * PIXEL / dx
        return HeartBox(self._side(down, dy, height), self._side(across, dx, width), evidence)

    def _side(self, inside: NDArray[np.float64], step: float, limit: int) -> slice:
        """Pixels from the first to the last of `inside` with the margin, within the picture."""
        middle, extent = (inside.min() + inside.max()) / 2, (inside.max() - inside.min()) * step + 2 * self.margin
        pixels = min(round(float(np.clip(extent, self.least_size, self.largest_size)) / step), limit)
        first = min(max(round(middle - pixels / 2), 0), limit - pixels)
        return slice(first, first + pixels)

    def _maps(self, image: Image) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Where heart is likely on any middle slice, and mean probability of left ventricle; `PIXEL` mm pixels."""
        last = image.grid.shape[0] - 1
        middle = np.unique(np.linspace(0.25 * last, 0.75 * last, MOST_SLICES).round().astype(int))
        phases = sorted({0, round(0.35 * (image.phases - 1)) if image.phases > 2 else image.phases - 1})
        stacks = image.values[phases][:, middle].astype(np.float32)
        _, dy, dx = image.grid.spacing
        steps = PIXEL / dy, PIXEL / dx
        counts = [int(np.ceil(size / step)) for size, step in zip(image.grid.shape[1:], steps, strict=True)]
        probability = self.net(resample(stacks, (0.0, steps[0], counts[0]), (0.0, steps[1], counts[1])))
        left = probability[1] + probability[2]
        return np.asarray((left + probability[3]).max((0, 1)) > LIKELY), left.mean((0, 1))


def _disc(shape: tuple[int, ...], centre: tuple[np.intp, ...], radius: float) -> NDArray[np.bool_]:
    """Pixels within `radius` mm."""
    rows, columns = np.indices(shape)
    return np.asarray(np.hypot(rows - centre[0], columns - centre[1]) * PIXEL <= radius)


def _blur(picture: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    from scipy.ndimage import uniform_filter

    return np.asarray(uniform_filter(picture, 2 * radius + 1, mode="constant"), np.float32)


__all__ = ["FindHeart", "HeartBox"]
