"""The object of a slice as k-space sees it: species blurred and displaced along the readout, finest detail cut off."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.scan.mr.acquisition.encoding import Encoding, ObjectGrid, centred
from marey.scan.mr.acquisition.fourier import to_image, to_kspace

Complex = NDArray[np.complex64]
SEGMENTS = 5


@dataclass(frozen=True, eq=False)
class Magnetisation:
    """Transverse magnetisation of a slice at the echo, parted into species that precess and decay alike.

    Args:
        values: ``(species, row, column)`` complex64, rows along phase encoding, columns along readout; mean over the
            slice's thickness. What the spins' phase is at the echo is in it.
        off_resonance: of each species, 1/ms (kHz).
        t2_star: of each species, ms; infinite when it does not decay.
        field_map: ``(row, column)`` 1/ms that comes on top for all species; empty when there is none.

    Raises:
        InvalidInput: shapes that do not agree, a decay time that is none, magnetisation that is not finite.
    """

    values: Complex
    off_resonance: tuple[float, ...] = (0.0,)
    t2_star: tuple[float, ...] = (np.inf,)
    field_map: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def __post_init__(self) -> None:
        """Refuse what no k-space can be made of."""
        species = len(self.off_resonance)
        shape = (species, *self.values.shape[1:])
        if (
            self.values.ndim != 3
            or self.values.shape != shape
            or len(self.t2_star) != species
            or (self.field_map.size and self.field_map.shape != shape[1:])
        ):
            raise InvalidInput(
                f"The magnetisation has the shape {self.values.shape}, {species} off-resonances, "
                f"{len(self.t2_star)} decay times and a field map {self.field_map.shape}.",
                "(species, row, column), one number per species and a map (row, column) or none are expected.",
                "Give every species its picture, its off-resonance and its T2*.",
            )
        if not all(t2 > 0 for t2 in self.t2_star) or not np.isfinite(self.values.sum()):
            raise InvalidInput(
                f"The magnetisation is not finite, or a T2* is not positive: {self.t2_star} ms.",
                "Finite magnetisation and positive decay times are expected.",
                "Correct the signal's equation or the table of tissues.",
            )


def read_out(magnetisation: Magnetisation, encoding: Encoding, grid: ObjectGrid, reduced: ObjectGrid) -> Complex:
    """One picture ``(row, column)`` on the reduced grid that has the k-space of all species through their readout.

    Every position along the readout is measured at its own time: the species' decay and precession away from the echo
    are factors over k-space, so fat moves and short T2* blurs. This is done before the coils weight the picture, which
    is exact when a coil's sensitivity is even over the displacement.
    """
    band = reduced.shape
    times = centred(band[1]) * grid.per_field[1] / grid.shape[1] / (encoding.bandwidth * encoding.matrix[1])
    total = np.zeros(band, np.complex64)
    for values, off_resonance, t2_star in zip(
        magnetisation.values, magnetisation.off_resonance, magnetisation.t2_star, strict=True
    ):
        factor = np.exp((2j * np.pi * off_resonance - 1 / t2_star) * times).astype(np.complex64)
        total += _through_field(values, magnetisation.field_map, times, band) * factor
    scale = np.sqrt(np.prod(band) / np.prod(grid.shape)).astype(np.float32)
    return np.asarray(to_image(total, band) * scale, np.complex64)


def _through_field(
    values: Complex, field_map: NDArray[np.float32], times: NDArray[np.float64], band: tuple[int, int]
) -> Complex:
    """k-space of a picture whose places precess at different rates, by interpolation between a few moments."""
    if not field_map.size:
        return to_kspace(values, band)
    moments = np.linspace(times[0], times[-1], SEGMENTS)
    total = np.zeros(band, np.complex64)
    for moment, weight in zip(moments, _between(field_map, values, moments, times), strict=True):
        phase = np.exp(np.complex64(2j * np.pi * moment) * field_map)
        total += to_kspace(values * phase, band) * weight
    return total


def _between(
    field_map: NDArray[np.float32], values: Complex, moments: NDArray[np.float64], times: NDArray[np.float64]
) -> Complex:
    """(moment, time) weights that give exp(2 pi i f t) from its values at the moments, least squares over the field."""
    inside = field_map[values != 0] if np.any(values) else field_map.ravel()
    counts, edges = np.histogram(inside, bins=64)
    weight = np.sqrt(counts + 1e-3 * counts.sum() / 64)[:, None]
    rates = 2j * np.pi * (edges[:-1] + edges[1:])[:, None] / 2
    basis, wanted = weight * np.exp(rates * moments), weight * np.exp(rates * times)
    return np.asarray(np.linalg.lstsq(basis, wanted, rcond=1e-6)[0], np.complex64)


__all__ = ["Magnetisation", "read_out"]
