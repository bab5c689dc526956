"""A subject in the scanner, for tests of series: the healthy heart's coarse beat in a usual body."""

from functools import cache

import numpy as np

from marey.core import Grid
from marey.scan.mr.protocol import SeriesSettings, series_settings, short_axis
from marey.scan.mr.series import Scanner, Subject, perfect_scanner, subject
from marey.scan.mr.series.measure import one_slice
from marey.simulate.presets import preset
from scanned_heart import beat


@cache
def lying_subject() -> Subject:
    return subject(beat(), preset("healthy"))


def small(name: str, matrix: int = 96, **changes: object) -> SeriesSettings:
    """A series' settings with a small matrix, all lines measured."""
    plain = {"slices.matrix": matrix, "acceleration": 1.0, "phase_resolution": 1.0, "partial_fourier": 1.0}
    return series_settings(name).but({**plain, **changes})


def middle_slice(settings: SeriesSettings, it: Subject | None = None) -> Grid:
    """The short-axis slice through the middle of the heart."""
    stack = short_axis((it or lying_subject()).landmarks, settings.slices)
    return one_slice(stack, stack.shape[0] // 2)


def quiet(coils: int = 4) -> Scanner:
    """A perfect scanner with few coils."""
    return perfect_scanner().but({"coils": coils, "filter_edge": 0.0})


def displacement(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """(2,) pixels by which a picture is shifted against a reference: of the smallest difference, by its derivatives."""
    gradient = np.stack(np.gradient(reference)).reshape(2, -1)
    return np.asarray(-np.linalg.lstsq(gradient.T, (picture - reference).ravel(), rcond=None)[0])


__all__ = ["displacement", "lying_subject", "middle_slice", "quiet", "small"]
