"""Off-resonance that tissue and air make in the main field, and the shim that takes its smooth part off.

Each voxel is a dipole (Marques and Bowtell 2005, doi:10.1002/cmr.b.20034; in k-space)::

    dB / B0 = F^-1 [ (1/3 - (k . b)^2 / k^2) F chi ]

the 1/3 being the sphere of Lorentz.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from marey.core import InvalidInput

GYROMAGNETIC_PPM = 0.042577478518
"""kHz per tesla and ppm (CODATA 2018)."""


def field_of(
    susceptibility: NDArray[np.float32],
    spacing: tuple[float, float, float],
    main_field: tuple[float, float, float] = (1.0, 0.0, 0.0),
    surroundings: float = 0.36,
) -> NDArray[np.float32]:
    """Relative change of the field in ppm.

    Args:
        susceptibility: ``(z, y, x)`` of volume, ppm (SI).
        spacing: mm along (z, y, x).
        main_field: its direction along (z, y, x); the first axis when it runs along the body.
        surroundings: susceptibility beyond the grid, ppm; air.

    Raises:
        InvalidInput: an array that is not a volume, or a susceptibility that is not finite.
    """
    if susceptibility.ndim != 3 or not np.isfinite(susceptibility).all():
        raise InvalidInput(
            f"The susceptibility has the shape {susceptibility.shape} or values that are not numbers.",
            "A finite volume (z, y, x) in ppm is needed.",
            "Look it up by the tissue codes of a volume.",
        )
    padded = [fft.next_fast_len(side + side // 2, real=True) for side in susceptibility.shape]
    spectrum = fft.rfftn((susceptibility - surroundings).astype(np.float32), padded)
    last = len(padded) - 1
    k = [
        (fft.rfftfreq(side, step) if axis == last else fft.fftfreq(side, step)).astype(np.float32)
        for axis, (side, step) in enumerate(zip(padded, spacing, strict=True))
    ]
    k = list(np.meshgrid(*k, indexing="ij", sparse=True))
    direction = np.asarray(main_field, np.float32) / np.linalg.norm(main_field)
    length = np.asarray(k[0] ** 2 + k[1] ** 2 + k[2] ** 2)
    length[0, 0, 0] = 1.0
    along = sum(part * component for part, component in zip(k, direction, strict=True))
    dipole = np.float32(1 / 3) - along**2 / length
    dipole[0, 0, 0] = 0.0
    field = fft.irfftn(spectrum * dipole, padded)
    return np.asarray(field[tuple(slice(side) for side in susceptibility.shape)], np.float32)


def shimmed(field: NDArray[np.float32], inside: NDArray[np.bool_], order: int = 2) -> NDArray[np.float32]:
    """A field without its least-squares polynomial over a box or a heart.

    Args:
        field: ``(z, y, x)``.
        inside: where it is made even, same shape.
        order: 0 sets the frequency, 1 adds the gradients, 2 the second-order shims.

    Raises:
        InvalidInput: fewer voxels inside than terms, or another order.
    """
    if order not in (0, 1, 2) or inside.shape != field.shape or inside.sum() < 10:
        raise InvalidInput(
            f"A shim of order {order} over {int(inside.sum())} voxels was asked for.",
            "Order 0, 1 or 2 over at least 10 voxels of the field is expected.",
            "Choose a box around the heart.",
        )
    axes = np.meshgrid(*(np.linspace(-1, 1, side) for side in field.shape), indexing="ij", sparse=True)
    one = np.ones((1, 1, 1))
    first = [one, *axes] if order else [one]
    terms = first + ([a * b for i, a in enumerate(axes) for b in axes[i:]] if order == 2 else [])
    basis = np.stack([np.broadcast_to(term, field.shape)[inside] for term in terms], axis=1)
    weights = np.linalg.lstsq(basis, field[inside], rcond=None)[0]
    smooth = sum(weight * term for weight, term in zip(weights, terms, strict=True))
    return np.asarray(field - smooth, np.float32)


__all__ = ["GYROMAGNETIC_PPM", "field_of", "shimmed"]
