"""One slice in the scanner: what its encoding sees of the subject, by time of the beat and position of the breath."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid
from marey.scan.mr.acquisition import (
    CartesianEncoder,
    ChestArray,
    CoilArray,
    Encoding,
    Magnetisation,
    ObjectGrid,
    chest_array,
    object_grid,
    reduced_grid,
    sensitivities,
)
from marey.scan.mr.acquisition.reconstruct import root_sum_of_squares, whitening
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.series._kernels import mixed
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.spins import Spins, fat_shift, water_and_fat
from marey.scan.scene import Scene, with_body

Complex = NDArray[np.complex64]
Point = NDArray[np.float64]
Pixel = TypeVar("Pixel", bound=np.generic)
FIELD_BINS = 256
LEFT_OF_MIDLINE = 20.0  # mm, where the array is put on
SAMPLES = 3


class Sequence(Protocol):
    """A signal equation: spins and off-resonance (kHz, broadcast with them) to transverse magnetisation."""

    def __call__(self, of: Spins, off_resonance: NDArray[np.float64], b1: float, /) -> NDArray[np.complex128]:
        """Of spins at the echo."""
        ...


@dataclass(frozen=True, eq=False)
class SliceScan:
    """Geometry and coils of one slice.

    Args:
        grid: the exported slice, ``(1, row, column)``.
        transposed: whether phases are encoded along its columns (DICOM's row direction).
        encoding: field of view and matrix, (phase encoding, readout).
        object_grid: finer pixels that the subject is rendered on.
        voxels: the same as a `Grid` in the patient, ``(1, phase encoding, readout)``.
        heart: (3,) mm LPS, where the coils' sensitivity counts as 1.
        array: of coils.
        encoder: their sensitivities and the Fourier encoding.
    """

    grid: Grid
    transposed: bool
    encoding: Encoding
    object_grid: ObjectGrid
    voxels: Grid
    heart: Point
    array: CoilArray
    encoder: CartesianEncoder

    @property
    def matrix(self) -> tuple[int, int]:
        """Of the exported picture, (phase encoding, readout)."""
        rows, columns = self.grid.shape[1:]
        return (columns, rows) if self.transposed else (rows, columns)

    def exported(self, pictures: NDArray[Pixel]) -> NDArray[Pixel]:
        """Pictures ``(..., phase encoding, readout)`` as ``(..., row, column)``."""
        return pictures.swapaxes(-1, -2) if self.transposed else pictures

    def brightness(self) -> NDArray[np.float32]:
        """``(row, column)`` of the exported picture: how much more coils hear of what is near them."""
        maps = sensitivities(self.array, self.grid, self.heart)[:, 0]
        whitened = np.tensordot(whitening(self.array.noise_covariance), maps, axes=1)
        return root_sum_of_squares(whitened.astype(np.complex64))


def slice_scan(grid: Grid, heart: Point, settings: SeriesSettings, scanner: Scanner, *, multiple: int = 2) -> SliceScan:
    """Set up one slice.

    Args:
        grid: one exported slice.
        heart: (3,) mm LPS, its middle; the coils lie around it.
        settings: of the series; says the acquired resolution.
        scanner: its coils.
        multiple: of which the number of lines is one (the acceleration).
    """
    transposed = phase_along_columns(grid)
    (rows, columns), (_, dy, dx) = grid.shape[1:], grid.spacing
    field = (columns * dx, rows * dy) if transposed else (rows * dy, columns * dx)
    readout = settings.slices.matrix
    wanted = field[0] / settings.slices.pixel * settings.phase_resolution
    lines = math.floor(wanted / multiple + 1e-6) * multiple
    encoding = Encoding(field, (lines, readout), settings.bandwidth, oversampling=1)
    fine = object_grid(encoding, finer=1.5, extent=(1.5, 1.25))
    reduced = reduced_grid(fine, encoding)
    array = _array(tuple(heart), scanner.coils, scanner.array)
    maps = sensitivities(array, _plane(grid, transposed, reduced, encoding), heart)[:, 0]
    voxels = _plane(grid, transposed, fine, encoding)
    return SliceScan(
        grid, transposed, encoding, fine, voxels, heart, array, CartesianEncoder(encoding, maps, reduced.per_field)
    )


@lru_cache(maxsize=8)
def _array(heart: tuple[float, ...], coils: int, geometry: ChestArray) -> CoilArray:
    """Around the trunk at the height of the heart."""
    return chest_array(np.array(heart) * (0, 1, 1) + (LEFT_OF_MIDLINE, 0, 0), coils, geometry)


def phase_along_columns(grid: Grid) -> bool:
    """Whether phases are encoded along the columns' index: on all planes but transverse ones, as `plane` chooses."""
    return int(np.argmax(np.abs(grid.normal))) != 2


class SliceScenes:
    """What lies in one slice at any time and breath, the heart within its body.

    Args:
        it: the subject.
        scan: the slice.
        samples: through its thickness.
    """

    def __init__(self, it: Subject, scan: SliceScan, samples: int = SAMPLES) -> None:
        self.subject, self.scan, self.samples = it, scan, samples
        self._around: dict[float, NDArray[np.uint8]] = {}

    def __call__(self, time: float, breath: float, *, reference: bool = False, velocity: bool = False) -> Scene:
        """Codes ``(1, sample, phase encoding, readout)``, and what else `HeartInMotion.scene` is asked for."""
        if breath not in self._around:
            self._around[breath] = self.subject.around(self.scan.voxels, self.samples, breath)
        scene = self.subject.motion.scene(
            self.scan.voxels,
            time % self.subject.beat.period,
            breath,
            self.samples,
            reference=reference,
            velocity=velocity,
        )
        return with_body(scene, self._around[breath])


class RenderedSlice:
    """The magnetisation of one slice at any time and breath: callable as `acquire` wants it.

    Args:
        it: the subject.
        scan: the slice.
        sequence: its signal equation.
        scanner: field strength and flip angle's factor.
        spins: of all tissues; the subject's native ones when None.
    """

    def __init__(
        self, it: Subject, scan: SliceScan, sequence: Sequence, scanner: Scanner, spins: Spins | None = None
    ) -> None:
        self.scenes = SliceScenes(it, scan)
        self.shift = fat_shift(scanner.field_strength)
        field_map = it.field_map(scanner.field_strength)(places(scan.voxels))
        known = spins or it.spins(scanner.field_strength)
        low, high = float(field_map.min()), float(field_map.max()) + 1e-6
        self._bins = np.floor((field_map - low) / (high - low) * FIELD_BINS).clip(0, FIELD_BINS - 1).astype(np.uint8)
        middles = low + (np.arange(FIELD_BINS) + 0.5) / FIELD_BINS * (high - low)
        tables = [sequence(part, middles[:, None], scanner.b1) for part in water_and_fat(known)]
        self._table = np.ascontiguousarray(np.stack(tables), np.complex64)  # (species, bin, tissue)

    def __call__(self, time: float, breath: float) -> Magnetisation:
        """Water and fat of the slice."""
        values = mixed(self.scenes(time, breath).tissue[0], self._bins, self._table)
        return Magnetisation(values, (0.0, self.shift), (np.inf, np.inf))


def _plane(grid: Grid, transposed: bool, pixels: ObjectGrid, encoding: Encoding) -> Grid:
    """The slice on other pixels, axes (normal, phase encoding, readout), about the same centre."""
    across, along = (grid.directions[:, 2], grid.directions[:, 1]) if transposed else (
        grid.directions[:, 1], grid.directions[:, 2])  # fmt: skip
    steps = pixels.pixel(encoding)
    affine = np.eye(4)
    affine[:3, 0] = grid.normal * grid.spacing[0]
    affine[:3, 1], affine[:3, 2] = across * steps[0], along * steps[1]
    corner = [(pixels.shape[0] - 1) / 2, (pixels.shape[1] - 1) / 2]
    affine[:3, 3] = grid.centre - affine[:3, 1] * corner[0] - affine[:3, 2] * corner[1]
    return Grid((1, *pixels.shape), affine, slice_thickness=grid.slice_thickness)


def places(voxels: Grid) -> NDArray[np.float64]:
    """(row, column, 3) mm."""
    rows, columns = voxels.shape[1:]
    index = np.stack(np.meshgrid([0.0], np.arange(rows), np.arange(columns), indexing="ij"), axis=-1)[0]
    return voxels.world(index)


__all__ = ["RenderedSlice", "Sequence", "SliceScan", "SliceScenes", "phase_along_columns", "places", "slice_scan"]
