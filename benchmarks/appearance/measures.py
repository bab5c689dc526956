"""Numbers that describe how a slice looks around the left ventricle."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, stats

from appearance.samples import PIXELS, STEP, Sample

RAYS, FINE = 48, 0.25  # number, mm
BAND = (0.12, 0.3)  # cycles/mm
NAMES = {
    "wall": "wall / blood",
    "around": "surroundings / blood",
    "spread": "spread of blood / blood",
    "noise": "noise / blood",
    "edge": "edge of the cavity, 10-90 %, mm",
    "outside": "outline outside the edge, mm",
    "detail": "share of power above 0.12 cycles/mm, dB",
}


def described(one: Sample) -> NDArray[np.float64]:
    """(measure,) in the order of `NAMES`."""
    depth = STEP * (ndimage.distance_transform_edt(one.cavity) - ndimage.distance_transform_edt(~one.cavity))
    blood, wall, around = (one.picture[where] for where in (depth > 3, (depth < -2) & (depth > -5), depth < -12))
    if min(blood.size, wall.size) < 8:
        blood = one.picture[one.cavity]
    level = float(np.median(blood))
    edge, outside = edges(one)
    return np.array([
        np.median(wall) / level, np.median(around) / level, blood.std() / level, noise(one.picture) / level,
        edge, outside, detail(one.picture),
    ])  # fmt: skip


def noise(picture: NDArray[np.float32]) -> float:
    """Standard deviation of the finest differences (Immerkaer, doi:10.1006/cviu.1996.0060), by their median."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    return float(np.median(np.abs(ndimage.convolve(picture, kernel))) / 0.6745 / 6)


def edges(one: Sample) -> tuple[float, float]:
    """Medians over rays: the edge's 10-90 % width, mm, and how far the outline lies outside of its steepest place.

    NaN where no ray meets an edge.
    """
    middle = np.argwhere(one.cavity).mean(axis=0)
    angle = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)[:, None]
    reach = np.arange(0, 60, FINE)[None]
    where = [middle[0] + np.sin(angle) * reach / STEP, middle[1] + np.cos(angle) * reach / STEP]
    inside = ndimage.map_coordinates(one.cavity.astype(np.float32), where, order=1) > 0.5
    grey = ndimage.map_coordinates(one.picture, where, order=1)
    found = []
    for line, within in zip(grey, inside, strict=True):
        if not within.any():
            continue
        border = int(np.flatnonzero(within)[-1])
        near = slice(max(border - round(8 / FINE), 0), border + round(5 / FINE))
        found.append(_edge(line[near], border - near.start))
    known = np.array([edge for edge in found if edge])
    return tuple(np.median(known, axis=0).tolist()) if len(known) else (np.nan, np.nan)


def _edge(line: NDArray[np.float64], border: int) -> tuple[float, float] | None:
    """Width and outline's distance of one ray's steepest fall; None where it does not fall."""
    fall = -np.gradient(ndimage.gaussian_filter1d(line, 2))
    steepest = int(fall.argmax())
    high = float(line[max(steepest - round(4 / FINE), 0) : steepest + 1].max())
    low = float(line[steepest : steepest + round(4 / FINE)].min())
    if high <= 1.3 * low:
        return None
    share = (line - low) / (high - low)
    begin = int(np.flatnonzero(share[: steepest + 1] >= 0.9)[-1])
    end = steepest + int(np.flatnonzero(share[steepest:] <= 0.1)[0])
    return (end - begin) * FINE, (border - steepest) * FINE


def spectrum(picture: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies, cycles/mm, and mean power of the windowed picture in rings around 0."""
    window = np.hanning(PIXELS)[:, None] * np.hanning(PIXELS)
    power = np.abs(np.fft.fft2((picture - picture.mean()) * window)) ** 2
    radius = np.hypot(*np.meshgrid(np.fft.fftfreq(PIXELS, STEP), np.fft.fftfreq(PIXELS, STEP)))
    limits = np.linspace(0, 0.5 / STEP, 29)
    mean = stats.binned_statistic(radius.ravel(), power.ravel(), "mean", limits).statistic
    return (limits[1:] + limits[:-1]) / 2, np.asarray(mean / power.mean(), np.float64)


def detail(picture: NDArray[np.float32]) -> float:
    """DB of the power in `BAND` relative to all."""
    frequency, power = spectrum(picture)
    band = (frequency > BAND[0]) & (frequency < BAND[1])
    ring = frequency * power
    return float(10 * np.log10(ring[band].sum() / ring.sum()))


def table(sources: dict[str, NDArray[np.float64]], names: tuple[str, str]) -> str:
    """Median (5 % to 95 %) of each source, and how well one number alone tells two of them apart."""
    lines = [f"| | {' | '.join(sources)} | area under the curve |", f"|---|{'---|' * (1 + len(sources))}"]
    for k, name in enumerate(NAMES.values()):
        cells = [
            "{1:.2f} ({0:.2f} to {2:.2f})".format(*np.nanpercentile(values[:, k], (5, 50, 95)))
            for values in sources.values()
        ]
        lines.append(f"| {name} | {' | '.join(cells)} | {separation(*(sources[n][:, k] for n in names)):.2f} |")
    return "\n".join(lines)


def separation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Area under the ROC curve of telling two sets of numbers apart; 0.5 is chance, 1 is always."""
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    area = float(stats.mannwhitneyu(one, other).statistic) / (len(one) * len(other))
    return max(area, 1 - area)


__all__ = ["NAMES", "described", "detail", "edges", "noise", "separation", "spectrum", "table"]
