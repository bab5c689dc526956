"""Follow the heart through a short-axis cine."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import Image, InvalidInput, Labels, Motion, NotAnalysable
from marey.motion.demons import Demons, exponential

LEAST_SIDE = 16  # pixels
SEEN = 0.8  # of the beat, from which on the phases are taken for a closed cycle
GREY_RANGE = (2.0, 98.0)  # percentiles that become 0 and 1
BRIGHTEST = 1.5


@dataclass(frozen=True, eq=False)
class LabelledCine:
    """A cine and, when there are any, labels of the same pixels.

    Args:
        image: with at least two phases; little more than the heart, else the work grows.
        labels: guide the registration; with their probability where it is known.
        reference: phase from which everything is followed; end-diastole.

    Raises:
        InvalidInput: labels of another grid or number of phases.
    """

    image: Image
    labels: Labels | None = None
    reference: int = 0

    def __post_init__(self) -> None:
        labels = self.labels
        if labels is None:
            return
        if not labels.grid.same_as(self.image.grid) or labels.times.size != self.image.phases:
            raise InvalidInput(
                f"The labels have {labels.times.size} phases on a grid {labels.grid.shape}, the cine "
                f"{self.image.phases} on {self.image.grid.shape}.",
                "Both must belong to the same pixels.",
                "Segment this cine.",
            )


@dataclass(frozen=True)
class TrackCine:
    """Displacement in the plane of each slice over the whole beat, without folds.

    Pictures alone are followed when there are no labels; labels add a channel each. The motion through the plane is not
    found: what a slice shows at the base at end-systole was above it at end-diastole.

    Args:
        demons: the registration.
        label_weight: of each label's squared difference; the picture's is 1.
    """

    demons: Demons = field(default_factory=Demons)
    label_weight: float = 1.0

    def __call__(self, cine: LabelledCine, /) -> Motion:
        """Follow every pixel of the reference phase.

        Raises:
            NotAnalysable: a single phase, or a picture without any contrast.
            InvalidInput: pictures of fewer than 16 pixels a side.
        """
        image = cine.image
        pixels = displacement(self.velocity(cine))
        spacing = np.array(image.grid.spacing[1:], np.float32)
        return Motion(pixels * spacing, image.grid, image.times, cine.reference)

    def velocity(self, cine: LabelledCine) -> NDArray[np.float32]:
        """Stationary velocity from the reference phase to each phase, ``(t, z, y, x, 2)`` pixels; errors as above."""
        _check(cine.image)
        pictures = _channels(cine.image, cine.labels)
        weights = np.full(pictures.shape[-1], self.label_weight, np.float32)
        weights[0] = 1
        return self.demons(pictures, weights, cine.reference, closed=_is_closed(cine.image))


def displacement(velocity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where a velocity ``(t, z, y, x, 2)`` leads, pixels; its negative gives the way back."""
    return exponential(velocity.reshape(-1, *velocity.shape[2:])).reshape(velocity.shape)


def _channels(image: Image, labels: Labels | None) -> NDArray[np.float32]:
    """(t, z, y, x, channel): grey levels of 0 to about 1, then the probability of each structure."""
    low, high = np.percentile(image.values, GREY_RANGE)
    grey = np.clip((image.values.astype(np.float32) - low) / (high - low), 0, BRIGHTEST)
    if labels is None:
        return np.asarray(grey[..., None], np.float32)
    if labels.probability is not None:
        sure = np.moveaxis(labels.probability, 0, -1).astype(np.float32) / 255
    else:
        sure = (labels.values[..., None] == np.array(list(labels.structures))).astype(np.float32)
    return np.concatenate([grey[..., None], sure], axis=-1, dtype=np.float32)


def _is_closed(image: Image) -> bool:
    """Whether the last phase leads back to the first; a beat of unknown length is taken to."""
    span = float(image.times[-1] - image.times[0]) * image.phases / (image.phases - 1)
    return not image.rr_interval > 0 or span >= SEEN * image.rr_interval


def _check(image: Image) -> None:
    if image.phases < 2:
        raise NotAnalysable(
            f"The image '{image.name}' has one phase.", "Motion needs two or more.", "Give the whole cine."
        )
    if min(image.grid.shape[1:]) < LEAST_SIDE:
        raise InvalidInput(
            f"The pictures have {image.grid.shape[1]} x {image.grid.shape[2]} pixels.",
            f"At least {LEAST_SIDE} on each side are needed.",
            "Crop less.",
        )
    low, high = np.percentile(image.values, GREY_RANGE)
    if not high > low:
        raise NotAnalysable(
            f"The image '{image.name}' has the same grey level nearly everywhere.",
            "Motion is seen by contrast.",
            "Check that the right series was exported.",
        )


__all__ = ["LabelledCine", "TrackCine", "displacement"]
