"""Volumes of the left ventricle and the left atrium from two long-axis views, by areas and lengths."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from marey.anatomy import LV_CAVITY, View
from marey.anatomy.structures import LA_CAVITY
from marey.core import Finding, Labels, Structure
from marey.measure.terms import measured, missing

Array = NDArray[np.float64]
VIEWS = (View.TWO_CHAMBER, View.FOUR_CHAMBER)
KEYS = ("lv_edv_long_axis", "lv_esv_long_axis", "lv_ef_long_axis", "la_volume_max")
MOMENTS = 50
APART, RIM = 10.0, 3.0  # mm between ventricle and atrium, where leaflets lie; mm of the atrium's rim


@dataclass(frozen=True)
class MeasureLongAxes:
    """Biplane area and length: ``V = 8 A1 A2 / (3 pi L)``, L the shorter of both lengths (textbook formula).

    Args:
        largest_difference: of the lengths in both views, relative to the longer; above it the planes do not show the
            same axis and nothing is measured.
    """

    largest_difference: float = 0.25

    def __call__(self, views: Mapping[View, Labels], /) -> tuple[Finding, ...]:
        """Findings lv_edv_long_axis, lv_esv_long_axis, lv_ef_long_axis and la_volume_max; none without both views."""
        if any(view not in views for view in VIEWS):
            return ()
        found = []
        left = self._volumes([views[view] for view in VIEWS], LV_CAVITY)
        if left is None:
            found += [missing(key, _NO_PAIR) for key in KEYS[:3]]
        else:
            edv, esv = float(left.max()), float(left.min())
            found += [measured(KEYS[0], edv), measured(KEYS[1], esv), measured(KEYS[2], 1 - esv / edv)]
        atrium = self._volumes([views[view] for view in VIEWS], LA_CAVITY)
        found.append(missing(KEYS[3], _NO_PAIR) if atrium is None else measured(KEYS[3], float(atrium.max())))
        return tuple(found)

    def _volumes(self, pair: list[Labels], structure: Structure) -> Array | None:
        """(moment,) mm3 at even parts of the beat; None where a view does not show the chamber in every phase."""
        curves = [_areas_and_lengths(labels, structure) for labels in pair]
        if any(curve is None for curve in curves):
            return None
        (area, length), (other_area, other_length) = (curve for curve in curves if curve is not None)
        longer, shorter = np.maximum(length, other_length), np.minimum(length, other_length)
        if np.median(shorter / longer) < 1 - self.largest_difference:
            return None
        return np.asarray(8 * area * other_area / (3 * np.pi * shorter), np.float64)


_NO_PAIR = "The 2- and the 4-chamber view do not both show it from the mitral valve to its far end."


def _areas_and_lengths(labels: Labels, structure: Structure) -> tuple[Array, Array] | None:
    """(moment,) mm2 and mm at even parts of the beat."""
    keys = {known: key for key, known in labels.structures.items()}
    pixel = np.array(labels.grid.spacing[1:])
    rows = []
    for picture in labels.values[:, 0]:
        valve = _valve(picture, keys, pixel)
        where = np.argwhere(picture == keys[structure]) * pixel
        if valve is None or not len(where):
            return None
        rows.append((len(where) * pixel.prod(), float(np.linalg.norm(where - valve, axis=1).max())))
    area, length = np.array(rows).T
    part = np.arange(len(rows)) / len(rows)
    at = np.arange(MOMENTS) / MOMENTS
    return np.interp(at, part, area, period=1.0), np.interp(at, part, length, period=1.0)


def _valve(picture: NDArray[np.uint8], keys: Mapping[Structure, int], pixel: Array) -> Array | None:
    """(2,) mm, the middle of where ventricle and atrium meet; None where they are further than `APART` apart."""
    ventricle, atrium = picture == keys[LV_CAVITY], picture == keys[LA_CAVITY]
    if not (ventricle.any() and atrium.any()):
        return None
    distance = np.where(atrium, ndimage.distance_transform_edt(~ventricle, sampling=pixel), np.inf)
    nearest = float(distance.min())
    meeting = np.argwhere(distance <= nearest + RIM)
    return np.asarray(meeting.mean(axis=0) * pixel, np.float64) if nearest <= APART else None


__all__ = ["KEYS", "MeasureLongAxes"]
