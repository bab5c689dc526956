"""The heart's own activation, bundle branch block and pacing, as sites in ventricular coordinates.

The left ventricle is first active at three places of its endocardium: high anterior paraseptal, posterior paraseptal at
a third of the way from the apex, left surface of the middle of the septum; the right near the insertion of the anterior
papillary muscle 5 to 10 ms later: Durrer et al. 1970, doi:10.1161/01.cir.41.6.899. The anterior fascicle reaches the
anterolateral wall as well (textbook anatomy), which is late in its block. From such a breakthrough the Purkinje network
of the same ventricle carries the activation on. A front that comes through the muscle, from the other ventricle or from
a pacing lead, enters that network late and gains little speed from it.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import pi
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from marey.core.errors import InvalidInput
from marey.core.parameter import Parameters, parameter
from marey.core.units import ms
from marey.simulate.eikonal.activation import Site
from marey.simulate.eikonal.tissue import ConductionTissue

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

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
    """A place in the ventricles that starts to activate, as at a pacing lead.

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


@dataclass(frozen=True)
class Breakthrough(Lead):
    """Where the Purkinje network reaches the muscle: the endocardium of its ventricle conducts fast."""

    @property
    def ventricle(self) -> int:
        """`LEFT` or `RIGHT`; the right surface of the septum is the right ventricle's."""
        return RIGHT if self.side == RIGHT or self.transmural > 0.5 else LEFT


class Block(Enum):
    """Parts of the conduction system that do not conduct."""

    LEFT_BUNDLE = "left bundle"
    RIGHT_BUNDLE = "right bundle"
    LEFT_ANTERIOR_FASCICLE = "left anterior fascicle"
    LEFT_POSTERIOR_FASCICLE = "left posterior fascicle"


Breakthroughs = tuple[Breakthrough, ...]
_ANTERIOR = (
    Breakthrough(apicobasal=0.85, rotational=0.40 * pi),
    Breakthrough(apicobasal=0.65, rotational=0.85 * pi),
)
_SEPTAL = (Breakthrough(apicobasal=0.60, rotational=-0.10 * pi, delay=4.7 * ms),)
_POSTERIOR = (Breakthrough(apicobasal=0.42, rotational=-0.50 * pi, delay=5.0 * ms),)
_RIGHT = (
    Breakthrough(apicobasal=0.50, rotational=0.20 * pi, side=RIGHT, delay=10.0 * ms),
    Breakthrough(apicobasal=0.40, rotational=0.20 * pi, transmural=1.0, delay=8.9 * ms),
    Breakthrough(apicobasal=0.80, rotational=-0.10 * pi, side=RIGHT, delay=10.4 * ms),
)


@dataclass(frozen=True)
class ConductionSystem(Parameters):
    """Where and when the bundle branches reach the muscle.

    Args:
        left_anterior, left_septal, left_posterior, right: breakthroughs; times from the first of a normal beat.
        left_delay, right_delay: added in the whole left or right bundle branch (incomplete block).
        blocks: what does not conduct at all.

    Raises:
        InvalidInput: a delay outside its range, blocks that are something else.
    """

    left_anterior: Breakthroughs = _ANTERIOR
    left_septal: Breakthroughs = _SEPTAL
    left_posterior: Breakthroughs = _POSTERIOR
    right: Breakthroughs = _RIGHT
    left_delay: float = parameter(0.0 * ms, 0.0, 200.0, "ms", "textbook value: 0, about 30 ms in incomplete block")
    right_delay: float = parameter(0.0 * ms, 0.0, 200.0, "ms", "textbook value: 0, about 30 ms in incomplete block")
    blocks: frozenset[Block] = frozenset()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.blocks, frozenset) or not all(isinstance(block, Block) for block in self.blocks):
            raise InvalidInput(
                f"The parameter 'blocks' is {self.blocks!r}.",
                f"A set of blocks is needed: {', '.join(str(block) for block in Block)}.",
                "Write for example 'frozenset({Block.LEFT_BUNDLE})'.",
            )

    def leads(self) -> list[Breakthrough]:
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
        open_bundles = [(places, delay) for places, delay, blocked_by in bundles if not blocked_by & self.blocks]
        leads = [delayed(place, delay) for places, delay in open_bundles for place in places]
        if not leads:
            raise InvalidInput(
                "Both bundle branches are blocked.",
                "Without one the ventricles are not activated from above (complete heart block).",
                "Leave one open, or pace: use the sites of leads instead.",
            )
        return leads


RV_APEX = Lead(apicobasal=0.35, side=RIGHT)
LV_LATERAL = Lead(apicobasal=0.5, rotational=pi, transmural=1.0)


L = TypeVar("L", bound=Lead)


def delayed(lead: L, delay: float) -> L:
    """The same place, later."""
    return dataclasses.replace(lead, delay=lead.delay + delay)


def his_pacing(system: ConductionSystem, latency: float) -> list[Breakthrough]:
    """Pacing of the bundle of His: the normal activation, blocks below it included, `latency` ms after the stimulus."""
    return [delayed(lead, latency) for lead in system.leads()]


def left_bundle_pacing(system: ConductionSystem, latency: float, right_latency: float) -> list[Breakthrough]:
    """Pacing of the left bundle branch beyond its block.

    Args:
        system: its block of the left bundle is passed by; one of the right bundle is kept.
        latency: from the stimulus to the left breakthroughs, ms.
        right_latency: to the right one, the longer way back over the bundle of His, ms.
    """
    open_left = dataclasses.replace(system, blocks=system.blocks - {Block.LEFT_BUNDLE}, left_delay=0.0)
    return [delayed(lead, right_latency if lead.ventricle == RIGHT else latency) for lead in open_left.leads()]


def biventricular_pacing(vv_delay: float, right: Lead = RV_APEX, left: Lead = LV_LATERAL) -> list[Lead]:
    """Cardiac resynchronisation: both leads, the left `vv_delay` ms before the right, after it if negative."""
    return [delayed(left, max(-vv_delay, 0.0)), delayed(right, max(vv_delay, 0.0))]


def without_bundle(fields: VentricularFields, leads: Sequence[Lead]) -> tuple[Bools, Bools]:
    """Masks [z, y, x] of the left and of the right ventricle: all of it, if no breakthrough leads into its network.

    So it is in bundle branch block and in pacing. The septum belongs half to each.
    """
    led = {lead.ventricle for lead in leads if isinstance(lead, Breakthrough)}
    right = (np.asarray(fields.side) > 0) | (np.asarray(fields.transmural) > 0.5)
    return ~right & (LEFT not in led), right & (RIGHT not in led)


def sites(tissue: ConductionTissue, fields: VentricularFields, leads: Sequence[Lead]) -> list[Site]:
    """Leads as points of a tissue: of each, the voxel with the nearest coordinates.

    A breakthrough in a scar is silent and left out.

    Raises:
        InvalidInput: fields of another shape than the tissue; a lead far from all tissue or in a scar; no breakthrough
            outside scars.
    """
    arrays = [np.asarray(a) for a in (fields.transmural, fields.apicobasal, fields.rotational, fields.side)]
    if any(a.shape != tissue.mask.shape for a in arrays):
        raise InvalidInput(
            f"The ventricular coordinates have the shapes {sorted({a.shape for a in arrays})}.",
            f"All must be {tissue.mask.shape}, as the tissue.",
            "Compute them on the voxels of the tissue.",
        )
    inside = [a[tissue.mask].astype(float) for a in arrays]
    voxels = np.argwhere(tissue.mask)
    places = [(lead, voxels[_nearest(inside, lead)]) for lead in leads]
    dead = [lead for lead, voxel in places if not tissue.conducting[tuple(voxel)]]
    silent = [lead for lead in dead if isinstance(lead, Breakthrough)]
    if len(dead) > len(silent) or (dead and len(dead) == len(leads)):
        lead = next((lead for lead in dead if lead not in silent), dead[0])
        raise InvalidInput(
            f"The lead at {_shown(lead)} lies in a scar.",
            "A lead, and at least one breakthrough of the conduction system, needs muscle that conducts.",
            "Move the lead out of the scar, or make the scar smaller.",
        )
    return [_site(tissue, voxel, lead) for lead, voxel in places if lead not in dead]


_FAR = 0.3  # in coordinates


def _nearest(fields: list[Floats], lead: Lead) -> int:
    """Number of the voxel nearest in coordinates."""
    transmural, apicobasal, rotational, side = fields
    turn = np.angle(np.exp(1j * (rotational - lead.rotational))) / pi
    # near the apex the angle says little: it counts as the circle it runs on
    off = np.hypot(apicobasal - lead.apicobasal, turn * np.sin(np.clip(apicobasal, 0.0, 0.5) * pi))
    off = np.hypot(off, 0.5 * (transmural - lead.transmural)) + 10.0 * (np.rint(side) != round(lead.side))
    if not np.any(off <= _FAR):
        raise InvalidInput(
            f"No tissue lies near the lead at {_shown(lead)}.",
            "A lead needs muscle within about a third of the ventricle.",
            "Move the lead or check the ventricular coordinates.",
        )
    return int(np.argmin(off))


def _shown(lead: Lead) -> str:
    return (
        f"apicobasal {lead.apicobasal:.2f}, rotational {np.degrees(lead.rotational):.0f} deg, "
        f"transmural {lead.transmural:.1f}, side {lead.side:g}"
    )


def _site(tissue: ConductionTissue, voxel: npt.NDArray[np.int64], lead: Lead) -> Site:
    x, y, z = (np.array(tissue.origin) + tissue.spacing * voxel[::-1]).tolist()
    return Site((x, y, z), lead.delay)


__all__ = [
    "LEFT",
    "LV_LATERAL",
    "RIGHT",
    "RV_APEX",
    "Block",
    "Breakthrough",
    "ConductionSystem",
    "Lead",
    "VentricularFields",
    "biventricular_pacing",
    "delayed",
    "his_pacing",
    "left_bundle_pacing",
    "sites",
    "without_bundle",
]
