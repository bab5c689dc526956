"""The heart's own activation, bundle branch block and pacing, as sites in ventricular coordinates.

The left ventricle is first active at three places of its endocardium: high anterior paraseptal, posterior paraseptal at
a third of the way from the apex, left surface of the middle of the septum; the right near the insertion of the anterior
papillary muscle 5 to 10 ms later: Durrer et al. 1970, doi:10.1161/01.cir.41.6.899.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import pi
from typing import Protocol

import numpy as np
import numpy.typing as npt

from marey.core.errors import InvalidInput
from marey.core.parameter import Parameters, parameter
from marey.core.units import ms
from marey.simulate.eikonal.activation import Site
from marey.simulate.eikonal.tissue import ConductionTissue

Floats = npt.NDArray[np.float64]

_DURRER = "10.1161/01.cir.41.6.899"
LEFT, RIGHT = 0, 1


class VentricularFields(Protocol):
    """Ventricular coordinates of voxels, [z, y, x].

    transmural: 0 on the endocardium to 1 on the epicardium; in the septum 0 on its left and 1 on its right side.
    apicobasal: 0 at the apex to 1 at the base. rotational: angle around the axis of the LV, radians, 0 in the middle of
    the septum, positive toward the anterior wall. side: 0 LV with septum, 1 free wall of the RV.
    """

    @property
    def transmural(self) -> npt.NDArray[np.floating]: ...  # noqa: D102
    @property
    def apicobasal(self) -> npt.NDArray[np.floating]: ...  # noqa: D102
    @property
    def rotational(self) -> npt.NDArray[np.floating]: ...  # noqa: D102
    @property
    def side(self) -> npt.NDArray[np.integer]: ...  # noqa: D102


@dataclass(frozen=True)
class Lead(Parameters):
    """A place in the ventricles that starts to activate: a breakthrough of the Purkinje network or a pacing lead.

    Args:
        apicobasal, rotational, transmural, side: ventricular coordinates.
        delay: when it starts, ms.
    """

    apicobasal: float = parameter(0.5, 0.0, 1.0, "1", "definition of the coordinate")
    rotational: float = parameter(0.0, -pi, pi, "deg", "definition of the coordinate")
    transmural: float = parameter(0.0, 0.0, 1.0, "1", "definition of the coordinate")
    side: float = parameter(LEFT, LEFT, RIGHT, "1", "definition of the coordinate")
    delay: float = parameter(0.0 * ms, -300.0, 1000.0, "ms", _DURRER)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.side not in {LEFT, RIGHT}:
            raise InvalidInput(
                f"The 'side' of a lead is {self.side}.",
                "It is 0 in the LV and the septum, 1 in the free wall of the RV.",
                "Choose one.",
            )


class Block(Enum):
    """Parts of the conduction system that do not conduct."""

    LEFT_BUNDLE = "left bundle"
    RIGHT_BUNDLE = "right bundle"
    LEFT_ANTERIOR_FASCICLE = "left anterior fascicle"
    LEFT_POSTERIOR_FASCICLE = "left posterior fascicle"


@dataclass(frozen=True)
class ConductionSystem(Parameters):
    """Where and when the bundle branches reach the muscle.

    Args:
        left_anterior, left_septal, left_posterior, right: breakthroughs; times from the first of a normal beat.
        left_delay, right_delay: added in the whole left or right bundle branch (incomplete block).
        blocks: what does not conduct at all.
    """

    left_anterior: Lead = dataclasses.field(default=Lead(apicobasal=0.7, rotational=0.37 * pi))
    left_septal: Lead = dataclasses.field(default=Lead(apicobasal=0.5, rotational=0.0))
    left_posterior: Lead = dataclasses.field(default=Lead(apicobasal=0.33, rotational=-0.37 * pi))
    right: Lead = dataclasses.field(default=Lead(apicobasal=0.45, rotational=0.1 * pi, side=RIGHT, delay=7.5 * ms))
    left_delay: float = parameter(0.0 * ms, 0.0, 200.0, "ms", "textbook value: 0, about 30 ms in incomplete block")
    right_delay: float = parameter(0.0 * ms, 0.0, 200.0, "ms", "textbook value: 0, about 30 ms in incomplete block")
    blocks: frozenset[Block] = frozenset()

    def leads(self) -> list[Lead]:
        """The breakthroughs that are left, each with its time.

        Raises:
            InvalidInput: everything is blocked.
        """
        bundles = (
            (self.left_anterior, self.left_delay, {Block.LEFT_BUNDLE, Block.LEFT_ANTERIOR_FASCICLE}),
            (self.left_septal, self.left_delay, {Block.LEFT_BUNDLE}),
            (self.left_posterior, self.left_delay, {Block.LEFT_BUNDLE, Block.LEFT_POSTERIOR_FASCICLE}),
            (self.right, self.right_delay, {Block.RIGHT_BUNDLE}),
        )
        leads = [delayed(lead, delay) for lead, delay, blocked_by in bundles if not blocked_by & self.blocks]
        if not leads:
            raise InvalidInput(
                "Both bundle branches are blocked.",
                "Without one the ventricles are not activated from above (complete heart block).",
                "Leave one open, or pace: use the sites of leads instead.",
            )
        return leads


RV_APEX = Lead(apicobasal=0.1, side=RIGHT)
LV_LATERAL = Lead(apicobasal=0.5, rotational=pi, transmural=1.0)


def delayed(lead: Lead, delay: float) -> Lead:
    """The same place, later."""
    return dataclasses.replace(lead, delay=lead.delay + delay)


def his_pacing(system: ConductionSystem, latency: float) -> list[Lead]:
    """Pacing of the bundle of His: the normal activation, blocks below it included, `latency` ms after the stimulus."""
    return [delayed(lead, latency) for lead in system.leads()]


def left_bundle_pacing(system: ConductionSystem, latency: float, right_latency: float) -> list[Lead]:
    """Pacing of the left bundle branch beyond its block.

    Args:
        system: its block of the left bundle is passed by; one of the right bundle is kept.
        latency: from the stimulus to the left breakthroughs, ms.
        right_latency: to the right one, the longer way back over the bundle of His, ms.
    """
    open_left = dataclasses.replace(system, blocks=system.blocks - {Block.LEFT_BUNDLE}, left_delay=0.0)
    return [delayed(lead, right_latency if lead.side == RIGHT else latency) for lead in open_left.leads()]


def biventricular_pacing(vv_delay: float, right: Lead = RV_APEX, left: Lead = LV_LATERAL) -> list[Lead]:
    """Cardiac resynchronisation: both leads, the left `vv_delay` ms before the right, after it if negative."""
    return [delayed(left, max(-vv_delay, 0.0)), delayed(right, max(vv_delay, 0.0))]


def sites(tissue: ConductionTissue, fields: VentricularFields, leads: Sequence[Lead]) -> list[Site]:
    """Leads as points of a tissue: of each, the conducting voxel with the nearest coordinates.

    Raises:
        InvalidInput: fields of another shape than the tissue; a lead whose nearest conducting voxel is far off,
            as in a scar.
    """
    arrays = [np.asarray(a) for a in (fields.transmural, fields.apicobasal, fields.rotational, fields.side)]
    if any(a.shape != tissue.mask.shape for a in arrays):
        raise InvalidInput(
            f"The ventricular coordinates have the shapes {sorted({a.shape for a in arrays})}.",
            f"All must be {tissue.mask.shape}, as the tissue.",
            "Compute them on the voxels of the tissue.",
        )
    inside = [a[tissue.conducting].astype(float) for a in arrays]
    voxels = np.argwhere(tissue.conducting)
    return [_site(tissue, voxels, inside, lead) for lead in leads]


_FAR = 0.3  # in coordinates


def _site(tissue: ConductionTissue, voxels: npt.NDArray[np.int64], fields: list[Floats], lead: Lead) -> Site:
    transmural, apicobasal, rotational, side = fields
    turn = np.angle(np.exp(1j * (rotational - lead.rotational))) / pi
    # near the apex the angle says little: it counts as the circle it runs on
    off = np.hypot(apicobasal - lead.apicobasal, turn * np.sin(np.clip(apicobasal, 0.0, 0.5) * pi))
    off = np.hypot(off, 0.5 * (transmural - lead.transmural)) + 10.0 * (np.rint(side) != round(lead.side))
    if not np.any(off <= _FAR):
        raise InvalidInput(
            f"No conducting tissue lies near the lead at apicobasal {lead.apicobasal:.2f}, rotational "
            f"{np.degrees(lead.rotational):.0f} deg, side {lead.side:g}.",
            "A lead needs muscle that is not scar within about a third of the ventricle.",
            "Move the lead or check the ventricular coordinates.",
        )
    x, y, z = (np.array(tissue.origin) + tissue.spacing * voxels[np.argmin(off)][::-1]).tolist()
    return Site((x, y, z), lead.delay)


__all__ = [
    "LEFT",
    "LV_LATERAL",
    "RIGHT",
    "RV_APEX",
    "Block",
    "ConductionSystem",
    "Lead",
    "VentricularFields",
    "biventricular_pacing",
    "delayed",
    "his_pacing",
    "left_bundle_pacing",
    "sites",
]
