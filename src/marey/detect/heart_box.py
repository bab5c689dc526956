"""Where the heart is in a short-axis cine."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import Image, NotAnalysable
from marey.nets.labels import PIXEL, WINDOW
from marey.nets.resample import resample
from marey.nets.short_axis import ShortAxisNet

MOST_SLICES = 4


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

    The network looks at the whole picture at two moments; the left ventricle is where its probability, summed over the
    slices, is largest. The box is centred on both ventricles.

    Args:
        size: mm of the box's sides.
        reach: mm around the LV centre in which heart is looked for.
        least_evidence: below this there is no heart in the pictures.
        net: the network.
    """

    size: float = PIXEL * WINDOW
    reach: float = 75.0
    least_evidence: float = 0.25
    net: ShortAxisNet = field(default_factory=ShortAxisNet)

    def __call__(self, image: Image) -> HeartBox:
        """Box of the heart.

        Raises:
            NotAnalysable: no left ventricle is visible.
        """
        heart, ventricle = self._maps(image)
        blurred = _blur(ventricle, int(12 / PIXEL))
        peak = np.unravel_index(blurred.argmax(), blurred.shape)
        evidence = float(blurred[peak])
        if evidence < self.least_evidence:
            raise NotAnalysable(
                f"No left ventricle was found in '{image.name or 'the short-axis images'}'.",
                "Short-axis cine MR with bright blood and the heart in the field of view is needed.",
                "Look at the images; if the heart is there, please report them as a case Marey cannot read.",
            )
        rows, columns = (axis * PIXEL for axis in np.indices(heart.shape))
        distance = np.hypot(rows - peak[0] * PIXEL, columns - peak[1] * PIXEL)
        weight = heart * (distance < self.reach)
        middle = [float((weight * axis).sum() / weight.sum()) for axis in (rows, columns)]
        _, dy, dx = image.grid.spacing
        _, height, width = image.grid.shape
        return HeartBox(
            _around(middle[0] / dy, self.size / dy, height), _around(middle[1] / dx, self.size / dx, width), evidence
        )

    def _maps(self, image: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Probability of heart and of left ventricle, mean of the middle slices and two phases, `PIXEL` mm pixels."""
        last = image.grid.shape[0] - 1
        middle = np.unique(np.linspace(0.25 * last, 0.75 * last, MOST_SLICES).round().astype(int))
        phases = sorted({0, round(0.35 * (image.phases - 1)) if image.phases > 2 else image.phases - 1})
        stacks = image.values[phases][:, middle].astype(np.float32)
        _, dy, dx = image.grid.spacing
        steps = PIXEL / dy, PIXEL / dx
        counts = [int(np.ceil(size / step)) for size, step in zip(image.grid.shape[1:], steps, strict=True)]
        probability = self.net(resample(stacks, (0.0, steps[0], counts[0]), (0.0, steps[1], counts[1])))
        left = probability[1] + probability[2]
        return (left + probability[3]).mean((0, 1)), left.mean((0, 1))


def _around(middle: float, size: float, limit: int) -> slice:
    size = min(round(size), limit)
    first = min(max(round(middle - size / 2), 0), limit - size)
    return slice(first, first + size)


def _blur(picture: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    from scipy.ndimage import uniform_filter

    return np.asarray(uniform_filter(picture, 2 * radius + 1, mode="constant"), np.float32)


__all__ = ["FindHeart", "HeartBox"]
