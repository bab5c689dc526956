"""What an operator looks for before planning: apex, valves, insertions and the aorta, in the patient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers.valves import SECTORS
from marey.core import Beat, InvalidInput
from marey.core.mesh import Mesh
from marey.scan.body.pose import Pose
from marey.scan.scene.movement import topology_of

FloatArray = NDArray[np.float64]
VALVES = ("mitral valve", "aortic valve", "tricuspid valve")
VESSEL = "aorta"


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Places on one heart at one moment, LPS in mm.

    Args:
        apex: (3,) the left ventricle's epicardial apex.
        mitral, aortic, tricuspid: (3,) the valves' middles.
        anterior, inferior: (3,) where the right ventricle's free wall joins the septum, at mid-ventricular level.
        base: (n, 3) the muscle's upper rim.
        muscle: (m, 8, 3) corners of the cells of both ventricles.
        aorta: (k, 3) its middle line, from the valve onwards.
        aortic_wall: (f, 3, 3) corners of its wall's triangles.
        extent: (2, 3) lowest and highest coordinates of ventricles, atria and vessels together.
    """

    apex: FloatArray
    mitral: FloatArray
    aortic: FloatArray
    tricuspid: FloatArray
    anterior: FloatArray
    inferior: FloatArray
    base: FloatArray
    muscle: FloatArray
    aorta: FloatArray
    aortic_wall: FloatArray
    extent: FloatArray

    @property
    def axis(self) -> FloatArray:
        """(3,) unit vector from the apex to the middle of the mitral valve."""
        return unit(self.mitral - self.apex)


def landmarks(beat: Beat, pose: Pose, moment: int = 0) -> Landmarks:
    """Find them on a beat.

    Args:
        beat: with valves and vessels (`Beat.chambers`).
        pose: of the heart in the patient.
        moment: index into the beat's moments; 0 is end-diastole, at which operators plan.

    Raises:
        InvalidInput: a moment that the beat does not have, a beat without valves or aorta, a mesh of another template.
    """
    chambers = _chambers(beat, moment)
    known = topology_of(beat)
    points = pose.to_patient(beat.points(moment))
    middle, size = known.resolution.levels // 2, known.resolution
    wall = pose.to_patient(chambers[VESSEL].points)
    everything = np.concatenate([points, *(pose.to_patient(part.points) for part in chambers.values())])
    mitral, aortic, tricuspid = (_middle(pose.to_patient(chambers[name].points)) for name in VALVES)
    rim = np.unique(np.concatenate([known.inner[-1].ravel(), known.outer[-1].ravel()]))
    return Landmarks(
        apex=points[known.outer[0, 0, -1]],
        mitral=mitral,
        aortic=aortic,
        tricuspid=tricuspid,
        anterior=points[known.inner[middle, size.septal_sectors, -1]],
        inferior=points[known.inner[middle, 0, -1]],
        base=points[rim],
        muscle=points[known.cells],
        aorta=wall[1:-1].reshape(-1, SECTORS, 3).mean(axis=1),
        aortic_wall=wall[chambers[VESSEL].cells],
        extent=np.stack([everything.min(axis=0), everything.max(axis=0)]),
    )


def unit(vector: FloatArray) -> FloatArray:
    """The vector at length 1."""
    return np.asarray(vector / np.linalg.norm(vector), np.float64)


def _middle(plate: FloatArray) -> FloatArray:
    """Of a valve's closed surface, whose first and last points are the middles of its two faces."""
    return np.asarray((plate[0] + plate[-1]) / 2, np.float64)


def _chambers(beat: Beat, moment: int) -> dict[str, Mesh]:
    if not 0 <= moment < len(beat.times):
        raise InvalidInput(
            f"The planes were to be planned at moment {moment}.",
            f"The beat has the moments 0 to {len(beat.times) - 1}.",
            "Plan at moment 0, the end of diastole.",
        )
    chambers = dict(beat.chambers[moment]) if moment < len(beat.chambers) else {}
    missing = [name for name in (*VALVES, VESSEL) if name not in chambers]
    if missing:
        raise InvalidInput(
            f"The beat's heart has no {', '.join(missing)}.",
            "Planes are planned on the mitral, aortic and tricuspid valves and on the aorta.",
            "Simulate the beat with SimulateBeat, which attaches atria, valves and vessels.",
        )
    return chambers


__all__ = ["Landmarks", "landmarks", "unit"]
