"""Where a catheter stimulates: the right ventricle's apex and outflow tract, and the AHA segments of the left."""

from collections.abc import Sequence
from math import pi

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles.voxels import spread
from marey.core.errors import InvalidInput
from marey.core.units import mm
from marey.simulate.tachycardia.substrate import Substrate

RV_APEX, RV_OUTFLOW = "RV apex", "RV outflow tract"
SEGMENTS = tuple(f"segment {number}" for number in range(1, 18))
SITES = (RV_APEX, RV_OUTFLOW, *SEGMENTS)
CLINICAL_SITES = (RV_APEX, RV_OUTFLOW)
"""Those of clinical programmed stimulation, textbook."""

RADIUS = 4.0 * mm
"""Of the muscle that a stimulus reaches at once: large enough to capture on voxels of 2 mm."""
_ENDOCARDIAL = 0.4
_PLACES = {RV_APEX: (0.12, 0.25 * pi), RV_OUTFLOW: (0.92, 0.33 * pi)}


def pacing_sites(heart: Substrate, names: Sequence[str] = CLINICAL_SITES) -> dict[str, NDArray[np.bool_]]:
    """Regions (z, y, x) of conducting muscle to stimulate, by name.

    Args:
        heart: where.
        names: of `SITES`; a segment is stimulated at the endocardium of its middle, beside the scar if it has one.

    Raises:
        InvalidInput: another name, or a segment that is all scar.
    """
    unknown = [name for name in names if name not in SITES]
    if unknown or not names:
        raise InvalidInput(
            f"The pacing sites {', '.join(unknown) or '(none)'} are asked for.",
            f"Known are {RV_APEX}, {RV_OUTFLOW} and segment 1 to segment 17.",
            "Choose at least one of these.",
        )
    return {name: _region(heart, name) for name in names}


def _region(heart: Substrate, name: str) -> NDArray[np.bool_]:
    of = {key: np.asarray(heart.voxels.fields[key]) for key in ("apicobasal", "rotational", "transmural", "side")}
    alive = heart.model.tissue.mask[heart.voxels.inside]
    places = heart.voxels.places
    if name in _PLACES:
        apicobasal, rotational = _PLACES[name]
        chosen = alive & (of["side"] > 0)
        turn = np.angle(np.exp(1j * (of["rotational"] - rotational))) / pi
        off = np.hypot(of["apicobasal"] - apicobasal, turn * np.sin(np.clip(of["apicobasal"], 0, 0.5) * pi))
        off += 0.1 * of["transmural"]
    else:
        inside = np.asarray(heart.voxels.fields["segment"]) == 1 + SEGMENTS.index(name)
        chosen = alive & inside & (of["transmural"] < _ENDOCARDIAL)
        if not chosen.any():
            chosen = alive & inside
        middle = places[inside].mean(axis=0)
        off = np.linalg.norm(places - middle, axis=1) + 1e3 * heart.border[heart.voxels.inside]
    if not chosen.any():
        raise InvalidInput(
            f"The pacing site '{name}' is all scar.", "Muscle that conducts is needed.", "Stimulate another segment."
        )
    seat = places[np.argmin(np.where(chosen, off, np.inf))]
    near = alive & (np.linalg.norm(places - seat, axis=1) <= RADIUS)
    return np.asarray(spread(heart.voxels, near), np.bool_)


__all__ = ["CLINICAL_SITES", "RADIUS", "RV_APEX", "RV_OUTFLOW", "SEGMENTS", "SITES", "pacing_sites"]
