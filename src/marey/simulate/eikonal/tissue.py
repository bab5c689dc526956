"""The heart's muscle as a conductor on voxels: fibres, velocities, scar, border zone, fast endocardial layer."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from marey.core.errors import InvalidInput
from marey.core.parameter import Parameters, parameter
from marey.core.units import mm, ms
from marey.simulate.eikonal._network import Network, build_network

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Field = float | Floats

SLOWEST, FASTEST = 0.01 * mm / ms, 10.0 * mm / ms
_TAGGART = "calibrated with the factors below; measured in man 0.65 along, 0.48 to 0.51 across: 10.1006/jmcc.2000.1105"
_PURKINJE = "Purkinje network, textbook value 2 to 4 mm/ms; calibrated to 30 to 40 ms over the left endocardium"
_LEFT_BLOCKED = "calibrated: QRS of complete left bundle branch block 130 to 160 ms"
_RIGHT_BLOCKED = (
    "calibrated: QRS of complete right bundle branch block 120 to 150 ms; its right endocardium is active 49 +- 16 "
    "(inflow) and 78 +- 21 ms (outflow tract) after QRS onset ('Intraventricular conduction in man studied with an "
    "endocardial electrode catheter mapping technique', 60 patients)"
)


@dataclass(frozen=True)
class Conduction(Parameters):
    """Conduction velocities of the ventricles.

    Args:
        along: in the myocardium along the fibres.
        across: in the myocardium across the fibres.
        endocardial_factor: by how much the layer under the endocardium, with its Purkinje network, is faster where a
            bundle branch leads into that network.
        blocked_left_factor, blocked_right_factor: the same in a ventricle into which none does: the activation comes
            through the muscle.
        endocardial_thickness: of that layer.
        border_factor: what is left of the velocity in the border zone of a scar.
    """

    along: float = parameter(0.6 * mm / ms, 0.1, 1.5, "mm/ms", _TAGGART)
    across: float = parameter(0.3 * mm / ms, 0.05, 1.0, "mm/ms", _TAGGART)
    endocardial_factor: float = parameter(3.2, 1.0, 10.0, "1", _PURKINJE)
    blocked_left_factor: float = parameter(1.7, 1.0, 10.0, "1", _LEFT_BLOCKED)
    blocked_right_factor: float = parameter(2.6, 1.0, 10.0, "1", _RIGHT_BLOCKED)
    endocardial_thickness: float = parameter(
        2.0 * mm, 0.0, 5.0, "mm", "subendocardial Purkinje network; a voxel of the usual size, so that finer ones agree"
    )
    border_factor: float = parameter(0.4, 0.05, 1.0, "1", "textbook value: slowed conduction in infarct border zones")


@dataclass(frozen=True)
class ConductionTissue:
    """What conducts, where, in which direction and how fast.

    Args:
        mask: [z, y, x], True in the muscle, scar included; one piece, connected through voxel faces.
        spacing: of the isotropic voxels, mm.
        fibre: [z, y, x, 3], (x, y, z) components, unit length (normalised here) in the mask.
        along: velocity along the fibre, a number or [z, y, x], mm/ms; 0 where nothing is conducted (scar).
        across: velocity across the fibre, in the direction of `sheet` if that is given.
        normal: velocity across fibre and sheet; the same as `across` if left out.
        sheet: [z, y, x, 3], unit vectors across the fibre; needed where `normal` is given.
        origin: heart-frame (x, y, z) of the centre of voxel [0, 0, 0], mm.

    Raises:
        InvalidInput: shapes that differ, no or disconnected tissue, a velocity that is negative, not finite or outside
            0.01 to 10 mm/ms, a fibre without length.
    """

    mask: Bools
    spacing: float
    fibre: Floats
    along: Field
    across: Field
    normal: Field | None = None
    sheet: Floats | None = None
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        _check_mask(self.mask, self.spacing)
        _check_vectors("fibre", self.fibre, self.mask)
        for name, velocity in (("along", self.along), ("across", self.across), ("normal", self.normal)):
            if velocity is not None:
                _check_velocity(name, velocity, self.mask)
        if (self.normal is None) != (self.sheet is None):
            raise InvalidInput(
                "Only one of 'normal' and 'sheet' is given.",
                "A third velocity needs the direction of the sheets, and the other way round.",
                "Give both or none.",
            )
        if self.sheet is not None:
            _check_vectors("sheet", self.sheet, self.mask)
            _check_across(self.sheet, self.fibre, self.mask)

    @cached_property
    def conducting(self) -> Bools:
        """[z, y, x], True where the velocities are not 0."""
        conducting = self.mask.copy()
        for velocity in (self.along, self.across, self.normal):
            if velocity is not None:
                conducting &= np.asarray(velocity) > 0
        return conducting

    @cached_property
    def axes(self) -> list[Floats]:
        """Unit fibres and, if there are any, sheets across them, (n, 3) in the conducting voxels."""
        fibre = _unit(self.fibre[self.conducting])
        if self.sheet is None:
            return [fibre]
        sheet = self.sheet[self.conducting]
        return [fibre, _unit(sheet - np.sum(sheet * fibre, axis=-1, keepdims=True) * fibre)]

    @cached_property
    def velocities(self) -> list[Floats]:
        """Velocities (n,) in the conducting voxels: along, across and, if there is one, normal; mm/ms."""
        given = [v for v in (self.along, self.across, self.normal) if v is not None]
        return [np.broadcast_to(np.asarray(v, float), self.mask.shape)[self.conducting] for v in given]

    @cached_property
    def network(self) -> Network:
        """The conducting voxels as the solver sees them."""
        return build_network(self.conducting, self.axes, self.velocities)


def conduction_tissue(
    mask: Bools,
    spacing: float,
    fibre: Floats,
    conduction: Conduction | None = None,
    *,
    blocked: tuple[Bools, Bools] | None = None,
    scar: Bools | None = None,
    border_zone: Bools | None = None,
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> ConductionTissue:
    """Tissue of a ventricular mask: myocardium, fast endocardial layer, scar that does not conduct, slow border zone.

    Args:
        mask, spacing, fibre, origin: as in `ConductionTissue`; cavities are what the mask encloses across z.
        conduction: velocities; the defaults if left out.
        blocked: [z, y, x], bool, of the left and of the right ventricle: what no bundle branch leads into, from
            `without_bundle`.
        scar, border_zone: [z, y, x], bool.

    Raises:
        InvalidInput: as `ConductionTissue`; a part that does not fit the mask.
    """
    left, right = blocked or (None, None)
    parts = (("blocked", left), ("blocked", right), ("scar", scar), ("border_zone", border_zone))
    for name, part in parts:
        if part is not None and (part.shape != mask.shape or part.dtype != np.bool_):
            raise InvalidInput(
                f"The array '{name}' has the shape {part.shape} and the type {part.dtype}.",
                f"It must be bool with the shape {mask.shape}, as the mask.",
                "Compute it on the voxels of the mask.",
            )
    conduction = conduction or Conduction()
    scale = np.ones(mask.shape)
    if conduction.endocardial_thickness > 0:
        layer = endocardial_layer(mask, spacing, conduction.endocardial_thickness)
        scale[layer] = conduction.endocardial_factor
        for off, factor in ((left, conduction.blocked_left_factor), (right, conduction.blocked_right_factor)):
            if off is not None:
                scale[layer & off] = factor
    if border_zone is not None:
        scale[border_zone] = conduction.border_factor
    if scar is not None:
        scale[scar] = 0.0
    return ConductionTissue(mask, spacing, fibre, conduction.along * scale, conduction.across * scale, origin=origin)


def endocardial_layer(mask: Bools, spacing: float, thickness: float) -> Bools:
    """[z, y, x]: the muscle within `thickness` mm of a cavity, at least one voxel of it.

    A cavity is what the muscle encloses in a slice across z.
    """
    closed = np.stack([np.asarray(ndimage.binary_fill_holes(part)) for part in mask])
    cavities = closed & ~mask
    if not cavities.any():
        return np.zeros_like(mask)
    depth = spacing * (np.asarray(ndimage.distance_transform_edt(~cavities)) - 0.5)
    layer: Bools = mask & (depth <= max(thickness, spacing) - 0.49 * spacing)
    return layer


def _unit(vectors: Floats) -> Floats:
    length: Floats = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / length


def _check_mask(mask: Bools, spacing: float) -> None:
    if not (np.isfinite(spacing) and spacing > 0):
        raise InvalidInput(
            f"The spacing of the voxels is {spacing}.", "A length over 0 mm is needed.", "Check its unit."
        )
    if mask.dtype != np.bool_ or mask.ndim != 3:
        raise InvalidInput(
            f"The mask is {mask.dtype} with {mask.ndim} axes.",
            "It must be bool, [z, y, x].",
            "Compare the labels first.",
        )
    _, pieces = ndimage.label(mask)
    if pieces != 1:
        raise InvalidInput(
            f"The tissue has {pieces} pieces." if pieces else "The mask holds no tissue.",
            "Activation spreads through one piece, connected through the faces of its voxels.",
            "Keep the largest piece, or use smaller voxels where the wall is thinner than two of them.",
        )


def _check_vectors(name: str, vectors: Floats, mask: Bools) -> None:
    if vectors.shape != (*mask.shape, 3):
        raise InvalidInput(
            f"The array '{name}' has the shape {vectors.shape}.",
            f"It must be {(*mask.shape, 3)}.",
            "Put (x, y, z) last.",
        )
    length = np.linalg.norm(vectors[mask], axis=-1)
    bad = ~(np.isfinite(length) & (length > 1e-3))
    if bad.any():
        raise InvalidInput(
            f"{int(bad.sum())} vectors of '{name}' have no length or are not finite.",
            "Every voxel of the tissue needs a direction of unit length.",
            "Give them one, for example that of the nearest voxel, or take them out of the mask.",
        )


def _check_across(sheet: Floats, fibre: Floats, mask: Bools) -> None:
    parallel = np.abs(np.sum(_unit(sheet[mask]) * _unit(fibre[mask]), axis=-1)) > 0.99
    if parallel.any():
        raise InvalidInput(
            f"{int(parallel.sum())} vectors of 'sheet' are parallel to the fibre.",
            "Sheets run across the fibres.",
            "Check the order of the two arrays.",
        )


def _check_velocity(name: str, velocity: Field, mask: Bools) -> None:
    values = np.asarray(velocity, dtype=float)
    if values.shape not in {(), mask.shape}:
        raise InvalidInput(
            f"The velocity '{name}' has the shape {values.shape}.",
            f"It must be one number or {mask.shape}.",
            "Correct it.",
        )
    inside = values[mask] if values.ndim else values[None]
    good = np.isfinite(inside) & ((inside == 0) | ((inside >= SLOWEST) & (inside <= FASTEST)))
    if not good.all():
        raise InvalidInput(
            f"The velocity '{name}' has the value {inside[~good][0]:.6g} mm/ms.",
            f"It must be 0 (scar) or lie between {SLOWEST:g} and {FASTEST:g} mm/ms; healthy muscle has 0.2 to 0.8.",
            "Check its unit: 1 m/s is 1 mm/ms, 60 cm/s are 0.6 mm/ms.",
        )


__all__ = ["Conduction", "ConductionTissue", "conduction_tissue", "endocardial_layer"]
