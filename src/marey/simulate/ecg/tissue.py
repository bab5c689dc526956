"""Excitable myocardium on voxels, and its discrete gradient."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import S, m

FloatArray = NDArray[np.float64]

TEXTBOOK = "textbook value of whole-heart models; reported ones spread by a factor of three"


@dataclass(frozen=True)
class IntracellularConductivity(Parameters):
    """What the intracellular space conducts along and across the fibres, for a heart whose bulk is isotropic.

    Whole-heart models take 0.30 and 0.03 S/m within a bulk of about 0.6 and 0.15. Where the fibres turn through the
    wall, a current along the wall sees the mean of the bulk, 0.375, one across it 0.15; the sources keep their size in
    a bulk of 0.20 with ``0.30 * 0.20 / 0.375`` and ``0.03 * 0.20 / 0.15``.
    """

    along: float = parameter(0.16 * S / m, 0.05 * S / m, 0.6 * S / m, "S/m", TEXTBOOK)
    across: float = parameter(0.04 * S / m, 0.005 * S / m, 0.3 * S / m, "S/m", TEXTBOOK)


@dataclass(frozen=True, eq=False)
class Tissue:
    """Voxels that can be excited; leave out scar that is electrically dead.

    Args:
        mask: (z, y, x) bool in the heart frame.
        fibres: (n, 3) unit vectors (x, y, z) in the voxels of the mask, in C order.
        spacing: mm.
        origin: (3,) mm, heart-frame (x, y, z) of voxel [0, 0, 0]'s centre.

    Raises:
        InvalidInput: no voxel, fibres of a wrong number or length.
    """

    mask: NDArray[np.bool_]
    fibres: FloatArray
    spacing: float
    origin: FloatArray

    def __post_init__(self) -> None:
        n = int(self.mask.sum())
        lengths = np.linalg.norm(self.fibres, axis=-1) if self.fibres.shape == (n, 3) else np.array([])
        if n == 0 or lengths.size != n or not np.allclose(lengths, 1, atol=1e-3):
            raise InvalidInput(
                f"The tissue has {n} voxels and fibres of shape {self.fibres.shape}, or they are not unit vectors.",
                "One unit vector (x, y, z) for every voxel of the mask is needed.",
                "Give the fibres in the order of numpy.argwhere(mask), normalised.",
            )
        if not self.spacing > 0:
            raise InvalidInput(f"The spacing is {self.spacing} mm.", "It must be above 0 mm.", "Check the voxel size.")

    @property
    def points(self) -> FloatArray:
        """(n, 3) mm, heart-frame (x, y, z) of the voxels' centres, in C order."""
        return np.argwhere(self.mask)[:, ::-1] * self.spacing + self.origin


def enclosed_points(mask: NDArray[np.bool_], spacing: float, origin: FloatArray) -> FloatArray:
    """(m, 3) mm: centres of the voxels that the wall encloses in its short-axis slices, the cavities' blood.

    Args:
        mask: (z, y, x), all of the wall, scar included.
        spacing: mm.
        origin: (3,) mm of voxel [0, 0, 0].
    """
    inside = np.stack([binary_fill_holes(layer) for layer in mask]) & ~mask
    return np.asarray(np.argwhere(inside)[:, ::-1] * spacing + origin, np.float64)


def gradient(tissue: Tissue) -> scipy.sparse.csr_array:
    """(3 n, n) 1/mm: central differences inside, one-sided ones at the border, 0 where no neighbour is.

    Rows 3 v, 3 v + 1 and 3 v + 2 are d/dx, d/dy, d/dz in voxel v. Every row sums to 0 exactly: a uniform potential has
    no gradient, and the adjoint, a divergence, lets nothing out of the tissue.
    """
    padded = np.pad(tissue.mask, 1)
    number = np.full(padded.shape, -1)
    n = int(tissue.mask.sum())
    number[padded] = np.arange(n)
    own = np.arange(n)
    rows, columns, values = [], [], []
    for component, axis in enumerate((2, 1, 0)):
        upper, lower = (np.roll(number, shift, axis)[padded] for shift in (-1, 1))
        above, below = np.where(upper < 0, own, upper), np.where(lower < 0, own, lower)
        steps = (upper >= 0).astype(int) + (lower >= 0)
        weight = 1 / (np.maximum(steps, 1) * tissue.spacing)
        rows += [3 * own + component] * 2
        columns += [above, below]
        values += [weight, -weight]
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return scipy.sparse.csr_array(scipy.sparse.coo_array(entries, shape=(3 * n, n)))


def source_weights(tissue: Tissue, along: float, across: float, sensitivity: FloatArray) -> FloatArray:
    """What one mV in each voxel adds to a potential: ``W = -G^T (sigma_i grad Z) h^3``.

    The integral of ``-(sigma_i grad V) . grad Z`` over the myocardium; no intracellular current leaves its surface. A
    uniform V gives 0 to rounding, whatever the sensitivity.

    Args:
        tissue: n voxels.
        along, across: conductivity of the intracellular space along and across the fibres, mS/mm.
        sensitivity: (e, n, 3) mV/mm for 1 uA, gradient of each electrode's reciprocal potential, in the heart frame.

    Returns:
        (e, n), without a unit.
    """
    along_fibre = np.einsum("enk,nk->en", sensitivity, tissue.fibres)
    current = across * sensitivity + (along - across) * along_fibre[..., None] * tissue.fibres
    flat = current.reshape(len(sensitivity), -1)
    return np.asarray(-(gradient(tissue).T @ flat.T).T * tissue.spacing**3, np.float64)


__all__ = ["IntracellularConductivity", "Tissue", "enclosed_points", "gradient", "source_weights"]
