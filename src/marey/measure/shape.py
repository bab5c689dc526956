"""Volumes, mass, wall thickness and form of the ventricles from the fitted mesh."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import cavity_volume, topology
from marey.core import Finding
from marey.core.hexahedra import cell_volumes
from marey.core.units import MYOCARDIAL_DENSITY
from marey.measure.shape_forms import axis_length, septal_curvature_ratio, sphericity, wall_thickness
from marey.measure.terms import measured, missing
from marey.measure.uncertainty import interval
from marey.shape import FittedHeart

Array = NDArray[np.float64]
METHOD = "biventricular template mesh fitted to the labels of all phases, slice shifts corrected"
LEFT = (
    "lv_edv_mesh", "lv_esv_mesh", "lv_ef_mesh", "lv_mass_mesh", "wall_thickness_ed_max_mesh", "lv_sphericity_index",
    "lv_length_ed", "lv_length_shortening", "slice_shift_max",
)  # fmt: skip
RIGHT = ("rv_edv_mesh", "rv_esv_mesh", "rv_ef_mesh", "septal_curvature_ratio_ed", "septal_curvature_ratio_es")
CONVENTIONS = {
    "lv_edv_mesh": "papillary muscles in the cavity, up to a fan over the mitral ring",
    "lv_esv_mesh": "smallest of all phases; papillary muscles in the cavity, up to a fan over the mitral ring",
    "lv_mass_mesh": "with the septum, without papillary muscles, at end-diastole",
    "rv_edv_mesh": "at the LV's end-diastole, with trabeculae, up to a fan over the base",
    "rv_esv_mesh": "at the LV's end-systole, with trabeculae, up to a fan over the base",
    "wall_thickness_ed_max_mesh": "three-dimensional, shortest way through free wall and septum, without the apex",
    "lv_sphericity_index": "volume over that of a sphere as wide as the LV is long, end-diastole",
    "lv_length_ed": "endocardial apex to the middle of the mitral ring, end-diastole",
    "lv_length_shortening": "of that length from end-diastole to end-systole",
    "septal_curvature_ratio_ed": "septal over free-wall curvature at mid LV; 1 round, 0 flat, negative bowed",
    "septal_curvature_ratio_es": "septal over free-wall curvature at mid LV; 1 round, 0 flat, negative bowed",
    "slice_shift_max": "largest way in the plane by which a slice lies off the fitted heart",
}
# Relative error with the network's labels on simulated exams unseen by the model, about 1.25 of the mean
# absolute one (a normal error's ratio): benchmarks/shape.py
VOLUME_SD = {"lv": 0.09, "rv": 0.15}
MASS_SD, CAUTIOUS = 0.12, 0.5


@dataclass(frozen=True)
class MeasureShape:
    """Findings from the fitted mesh."""

    def __call__(self, heart: FittedHeart, /) -> tuple[Finding, ...]:
        """Every finding of `LEFT` and `RIGHT`; those that the labels do not show say so and have no value."""
        known = topology(heart.resolution)
        volumes = {side: cavity_volume(heart.points, known.cavities[side]) for side in ("lv", "rv")}
        ed, es = heart.reference, int(volumes["lv"].argmin())
        found = [*_volumes(volumes, "lv", ed, es), *_left(heart, volumes["lv"], ed, es)]
        if heart.rv_seen:
            found += [*_volumes(volumes, "rv", ed, es), *_septal(heart, ed, es)]
        else:
            found += [
                missing(key, "No right ventricle was labelled; the mesh's is only the model's guess.") for key in RIGHT
            ]
        return tuple(_told(finding, heart) for finding in found)


def _volumes(volumes: dict[str, Array], side: str, ed: int, es: int) -> list[Finding]:
    first, last = float(volumes[side][ed]), float(volumes[side][es])
    share = VOLUME_SD[side]
    found = [
        measured(f"{side}_{key}_mesh", value, interval(value, share * value))
        for key, value in (("edv", first), ("esv", last))
    ]
    if ed == es:
        text = "One phase alone shows no ejection; a cine is needed."
        return [found[0], *(missing(f"{side}_{key}_mesh", text) for key in ("esv", "ef"))]
    ef = 1 - last / first
    return [*found, measured(f"{side}_ef_mesh", ef)]


def _left(heart: FittedHeart, volume: Array, ed: int, es: int) -> list[Finding]:
    known = topology(heart.resolution)
    cells = cell_volumes(heart.points[ed], known.cells)[known.side == 0]
    mass = float(cells.sum()) * MYOCARDIAL_DENSITY
    lengths = axis_length(heart.points, known)
    shifts = heart.slice_shifts[np.isfinite(heart.slice_shifts).all(axis=1)]
    found = [
        measured("lv_mass_mesh", mass, interval(mass, MASS_SD * mass)),
        measured("wall_thickness_ed_max_mesh", float(wall_thickness(heart.points[ed], known).max())),
        measured("lv_sphericity_index", sphericity(float(volume[ed]), float(lengths[ed]))),
        measured("lv_length_ed", float(lengths[ed])),
        measured("slice_shift_max", float(np.linalg.norm(shifts, axis=1).max()) if len(shifts) else 0.0),
    ]
    if ed == es:
        return [*found, missing("lv_length_shortening", "One phase alone shows no shortening; a cine is needed.")]
    return [*found, measured("lv_length_shortening", float(1 - lengths[es] / lengths[ed]))]


def _septal(heart: FittedHeart, ed: int, es: int) -> list[Finding]:
    known, points = topology(heart.resolution), heart.in_heart_frame()
    found = []
    for name, phase in (("ed", ed), ("es", es)):
        ratio = septal_curvature_ratio(points[phase][known.inner[..., 0]], heart.resolution)
        found.append(measured(f"septal_curvature_ratio_{name}", ratio))
    return found


def _told(finding: Finding, heart: FittedHeart) -> Finding:
    finding = replace(finding, convention=CONVENTIONS.get(finding.key, ""), method=METHOD)
    if finding.value is None or not heart.notices:
        return finding
    return replace(finding, confidence=CAUTIOUS, message=" ".join(notice.text for notice in heart.notices))


__all__ = ["LEFT", "RIGHT", "MeasureShape"]
