"""Contrast, sharpness, noise and clipping of the images, where the heart is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM
from marey.core import Finding
from marey.core.units import mm
from marey.quality.reading import Reading, not_made, verdict


@dataclass(frozen=True)
class CheckContrast:
    """Contrast between blood and myocardium, at end-diastole: difference of the medians over the spread of both.

    The spread is the mean of the two median absolute deviations, times 1.4826.

    Args:
        limit: below it contours are drawn on little.
    """

    limit: float = 2.0

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding without unit."""
        key, label, method = "contrast", "Contrast of blood to myocardium", "medians over median absolute deviations"
        tissues = _tissues(value)
        if tissues is None:
            return (not_made(key, label, "1", reason="Too little LV was found to judge the contrast.", method=method),)
        blood, wall = tissues
        spread = 1.4826 * (_deviation(blood) + _deviation(wall)) / 2
        contrast = float((np.median(blood) - np.median(wall)) / max(spread, 1e-9))
        message = (
            f"Blood and myocardium differ little (contrast {contrast:.1f}). The borders are uncertain; look at the "
            "contours before using the numbers."
        )
        passed = contrast >= self.limit
        return (verdict(key, label, min(contrast, 99.0), "1", passed=passed, message=message, method=method),)


@dataclass(frozen=True)
class CheckSharpness:
    """Width of the border between cavity and wall in mid slices at end-diastole.

    The step in brightness from wall to blood over the 90th percentile of the gradient along the border.

    Args:
        limit: mm.
    """

    limit: float = 7.0 * mm

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding in mm."""
        key, label, method = "sharpness", "Width of the cavity's border", "step of brightness over its gradient"
        tissues = _tissues(value)
        border = _border(value)
        if tissues is None or border.sum() < 20:
            return (
                not_made(key, label, "mm", reason="Too little LV was found to judge the sharpness.", method=method),
            )
        picture = value.image.values[value.phases.end_diastole].astype(np.float64)
        spacing = value.image.grid.spacing
        slopes = np.hypot(np.gradient(picture, spacing[1], axis=1), np.gradient(picture, spacing[2], axis=2))
        steepest = max(float(np.percentile(slopes[border], 90)), 1e-9)
        width = float(abs(np.median(tissues[0]) - np.median(tissues[1])) / steepest)
        message = (
            f"The border of the cavity is {width:.0f} mm wide: the images are blurred, by motion or coarse pixels. "
            "Volumes and thickness are less certain; look at the contours."
        )
        passed = width <= self.limit
        return (verdict(key, label, min(width, 99.0), "mm", passed=passed, message=message, method=method),)


@dataclass(frozen=True)
class CheckNoise:
    """Brightness of blood over the noise.

    Noise is estimated with the Laplacian-difference mask of Immerkaer 1996 (doi:10.1006/cviu.1996.0060) in the
    pixels of cavity or wall at end-diastole whose eight neighbours are of the same tissue; the median over the pixels
    instead of the mean keeps papillary muscles out.

    Args:
        limit: signal-to-noise ratio.
    """

    limit: float = 8.0

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding without unit."""
        key, label, method = "noise", "Signal-to-noise ratio of blood", "Immerkaer's mask within the LV"
        tissues = _tissues(value)
        inside = _inner(value.diastole(LV_CAVITY)) | _inner(value.diastole(LV_MYOCARDIUM))
        if tissues is None or inside.sum() < 20:
            return (not_made(key, label, "1", reason="Too little LV was found to judge the noise.", method=method),)
        ripple = np.abs(_ripple(value.image.values[value.phases.end_diastole].astype(np.float64)))[inside]
        noise = max(1.4826 * float(np.median(ripple)) / 6.0, 1e-9)
        ratio = float(np.median(tissues[0]) / noise)
        message = (
            f"The images are noisy (signal-to-noise ratio {ratio:.0f}). Borders are uncertain; look at the contours "
            "before using the numbers."
        )
        passed = ratio >= self.limit
        return (verdict(key, label, min(ratio, 999.0), "1", passed=passed, message=message, method=method),)


@dataclass(frozen=True)
class CheckClipping:
    """Share of the LV's pixels that have the brightest value of the image: the export cut off what was brighter.

    Args:
        limit: percent.
    """

    limit: float = 2.0

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding in %."""
        phase = value.phases.end_diastole
        inside = value.image.values[phase][value.diastole(LV_CAVITY, LV_MYOCARDIUM)]
        key, label, method = "clipping", "LV pixels at the largest value", "pixels equal to the largest of the image"
        if not inside.size:
            return (not_made(key, label, "%", reason="No LV was found.", method=method),)
        share = 100.0 * float(np.mean(inside >= value.image.values.max()))
        message = (
            f"{share:.0f} % of the left ventricle has the largest value of the image: the window was clipped at "
            "export. Borders of blood with fat may be lost; export the original images."
        )
        return (verdict(key, label, share, "%", passed=share <= self.limit, message=message, method=method),)


@dataclass(frozen=True)
class CheckFrames:
    """Neighbouring phases of a slice that are the same picture: the export repeated or filled in frames.

    Args:
        limit: percent of the frames.
    """

    limit: float = 0.0

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding in %."""
        pixels = value.image.values
        same = (pixels[1:] == pixels[:-1]).all(axis=(2, 3))
        share = 100.0 * float(same.mean()) if same.size else 0.0
        message = (
            f"{int(same.sum())} of {same.size + pixels.shape[1]} frames repeat the phase before them. The volume "
            "curve and its rates are wrong there; export the original images."
        )
        return (
            verdict(
                "repeated_frames", "Repeated frames", share, "%",
                passed=share <= self.limit, message=message, method="comparison of neighbouring phases",
            ),
        )  # fmt: skip


def _tissues(value: Reading) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Pixels of blood and of wall at end-diastole; None when there are fewer than 20 of one."""
    picture = value.image.values[value.phases.end_diastole]
    blood, wall = (picture[value.diastole(tissue)].astype(np.float64) for tissue in (LV_CAVITY, LV_MYOCARDIUM))
    return (blood, wall) if min(blood.size, wall.size) >= 20 else None


def _deviation(pixels: NDArray[np.float64]) -> float:
    return float(np.median(np.abs(pixels - np.median(pixels))))


def _border(value: Reading) -> NDArray[np.bool_]:
    """``(z, y, x)`` cavity pixels with a wall pixel beside them, at end-diastole."""
    cavity, wall = value.diastole(LV_CAVITY), value.diastole(LV_MYOCARDIUM)
    beside = np.zeros_like(wall)
    beside[:, 1:] |= wall[:, :-1]
    beside[:, :-1] |= wall[:, 1:]
    beside[:, :, 1:] |= wall[:, :, :-1]
    beside[:, :, :-1] |= wall[:, :, 1:]
    border: NDArray[np.bool_] = cavity & beside
    return border


def _inner(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``(z, y - 2, x - 2)``: pixels whose eight neighbours are in the mask too."""
    rows = mask[:, :-2] & mask[:, 1:-1] & mask[:, 2:]
    inner: NDArray[np.bool_] = rows[:, :, :-2] & rows[:, :, 1:-1] & rows[:, :, 2:]
    return inner


def _ripple(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(z, y - 2, x - 2)``: the mask [1 -2 1; -2 4 -2; 1 -2 1]; white noise of deviation s gives deviation 6 s."""
    rows = picture[:, :-2] - 2 * picture[:, 1:-1] + picture[:, 2:]
    ripple: NDArray[np.float64] = rows[:, :, :-2] - 2 * rows[:, :, 1:-1] + rows[:, :, 2:]
    return ripple


__all__ = ["CheckClipping", "CheckContrast", "CheckFrames", "CheckNoise", "CheckSharpness"]
