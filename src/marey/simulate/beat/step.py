"""The step from a heart to its beat."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from marey.anatomy.ventricles import COARSE, FINE, MEDIUM
from marey.core import Beat, InvalidInput, Mesh, Signal
from marey.core.units import mm
from marey.simulate.beat.biomarkers import biomarkers, of_ecg
from marey.simulate.beat.body import Body, body
from marey.simulate.beat.electrics import Activation, activate, lead_field, twelve_lead_ecg
from marey.simulate.beat.pumping import FIDELITIES
from marey.simulate.beat.whole import moving_chambers
from marey.simulate.ecg.measure import measure_beat
from marey.simulate.heart import Heart
from marey.simulate.mechanics.segment_curves import engineering_strain

FINEST, COARSEST = 0.4 * mm, 2.5 * mm
RESOLUTIONS = {"coarse": COARSE, "medium": MEDIUM, "fine": FINE}


@dataclass(frozen=True)
class SimulateBeat:
    """Simulates the periodic beat of a heart: activation, mechanics, circulation, motion, ECG.

    Args:
        resolution: of the mesh: "coarse", "medium" or "fine".
        voxel: size of the voxels on which the activation spreads, mm.
        moments: how many the mesh's motion is known at.
        medium: of the ECG: the heart's "torso", or "endless" (much faster; amplitudes less true).
        fidelity: of the ventricles: multi-patch "patches", whose motion follows from their strains (seconds), or finite
            "elements" of the mesh itself (minutes).

    Raises:
        InvalidInput: settings that are not known.
    """

    resolution: Literal["coarse", "medium", "fine"] = "medium"
    voxel: float = 2.0
    moments: int = 30
    medium: Literal["torso", "endless"] = "torso"
    fidelity: Literal["patches", "elements"] = "patches"

    def __post_init__(self) -> None:
        known = self.resolution in RESOLUTIONS and self.medium in {"torso", "endless"} and self.fidelity in FIDELITIES
        if not known or not 2 <= self.moments <= 1000 or not FINEST <= self.voxel <= COARSEST:
            raise InvalidInput(
                f"A beat is asked for with {self}.",
                f"A resolution ({', '.join(RESOLUTIONS)}), a medium (torso, endless), a fidelity "
                f"({', '.join(FIDELITIES)}), 2 to 1000 moments and voxels of {FINEST:g} to {COARSEST:g} mm are needed; "
                "larger ones tear the right ventricle's wall.",
                "Correct the setting.",
            )

    def __call__(self, heart: Heart) -> Beat:
        """The beat of a heart.

        Raises:
            InvalidInput: parameters that together make no heart.
            NotAnalysable: no periodic beat, or a motion that folds.
        """
        at = body(heart, RESOLUTIONS[self.resolution], self.voxel)
        active = activate(heart, at)
        pumping = FIDELITIES[self.fidelity](heart, at, active, self.moments)
        loop, curves, times, motion = pumping.loop, pumping.curves, pumping.times, pumping.motion
        around = moving_chambers(heart, at, loop, motion, times)
        ecg = twelve_lead_ecg(heart, at, active, lead_field(heart, at, active, torso=self.medium == "torso"))
        numbers = biomarkers(at, active, loop, curves) | of_ecg(measure_beat(ecg))
        numbers["base_descent"] = _base_descent(at, motion)
        return Beat(
            _with_results(at, active), times, motion, loop.circulation.period, loop.volumes, loop.pressures,
            loop.flows, Signal(engineering_strain(curves), curves.times, curves.names, "%"), ecg, numbers,
            around,
        )  # fmt: skip


def _with_results(at: Body, active: Activation) -> Mesh:
    cells = {**at.mesh.cell_fields, "patch": at.patch.astype(np.int8)}
    fields = {**at.mesh.fields, "activation_time": active.points}
    return Mesh(at.mesh.points, at.mesh.cells, fields, cells, at.mesh.surfaces)


def _base_descent(at: Body, motion: np.ndarray) -> float:
    """Largest mean way of the left ventricle's base towards the apex, mm."""
    ring = at.known.cavities["lv"].rim
    return float(-motion[:, ring, 2].mean(axis=1).min())


__all__ = ["RESOLUTIONS", "SimulateBeat"]
