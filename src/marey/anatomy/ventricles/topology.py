"""How points and cells of the biventricular template hang together: the same for every heart of one resolution.

The tissue is one wall around the left ventricle, indexed by level (0 the apex, `levels` the base), sector (around the
axis) and layer (0 the left endocardium, `inner_layers + outer_layers` the epicardium). Between the two insertions and
above the level `rv_apex` the wall is slit between its inner and its outer layers, and the slit is the cavity of the
right ventricle: the inner layers are the septum, the outer layers the right ventricle's free wall. So there are no
irregular points. At level 0 all sectors meet on the axis, and the cells above it are hexahedra collapsed to wedges.

Sector 0 is the inferior insertion, `septal_sectors` the anterior insertion; the middle of the septum lies halfway
between them and the middle of the lateral wall at `lateral_sector`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Resolution:
    """How finely the template is divided.

    Args:
        septal_sectors: around the septum (and the right free wall), even.
        free_sectors: around the left free wall, a multiple of 4.
        inner_layers: through the septum.
        outer_layers: through the right free wall; the left free wall has the sum of both.
        levels: cells from apex to base.
        rv_apex: the level at which the right ventricle's cavity ends.

    Raises:
        InvalidInput: numbers that make no template.
    """

    septal_sectors: int = 16
    free_sectors: int = 20
    inner_layers: int = 2
    outer_layers: int = 1
    levels: int = 13
    rv_apex: int = 4

    def __post_init__(self) -> None:
        even = self.septal_sectors % 2 == 0 and self.free_sectors % 4 == 0
        enough = self.septal_sectors >= 4 and self.free_sectors >= 8 and min(self.inner_layers, self.outer_layers) >= 1
        if not (even and enough and 1 <= self.rv_apex <= self.levels - 2):
            raise InvalidInput(
                f"{self} makes no template.",
                "Septal sectors (even, at least 4), free sectors (a multiple of 4, at least 8), layers (at least 1 and "
                "1) and an rv_apex from 1 to levels - 2 are needed.",
                "Use COARSE, MEDIUM or FINE, or correct the numbers.",
            )

    @property
    def sectors(self) -> int:
        """Around the whole left ventricle."""
        return self.septal_sectors + self.free_sectors

    @property
    def lateral_sector(self) -> int:
        """The middle of the lateral wall."""
        return self.septal_sectors + self.free_sectors // 2


COARSE = Resolution(6, 12, 2, 1, 6, 2)
MEDIUM = Resolution()
FINE = Resolution(28, 36, 3, 2, 22, 7)


@dataclass(frozen=True, eq=False)
class Cavity:
    """A cavity's wall and its opening.

    Args:
        wall: (f, 4) quads whose normal points into the cavity.
        rim: (r,) points around the valve opening, in the order in which they are met.
    """

    wall: IntArray
    rim: IntArray


@dataclass(frozen=True, eq=False)
class Topology:
    """Point and cell numbers of the template.

    Args:
        resolution: what it was made for.
        points: how many.
        inner: (levels + 1, sectors, inner_layers + 1) point numbers of the inner layers, left endocardium first.
        outer: (levels + 1, sectors, outer_layers + 1) of the outer layers, epicardium last; ``outer[..., 0]`` equals
            ``inner[..., -1]`` except in the open slit, where it is the right free wall's endocardium.
        cells: (m, 8) in VTK's order.
        level, sector, layer: (m,) of each cell.
        side: (m,) 0 in the left ventricle and septum, 1 in the right free wall.
        surfaces: quads of the boundary, outward: lv_endocardium, rv_endocardium, epicardium, base.
        cavities: "lv" and "rv".
        rv_filling: (c, 8) hexahedra between septum and right free wall, which fill the right cavity.
        free_columns: (c, inner_layers + outer_layers + 1) chains of points from the left endocardium to the
            epicardium: free wall, insertions and everything up to the right apex; the apex's chain is the first.
        septal_columns: (c, inner_layers + 1) chains through the septum beside the right cavity.
        rv_columns: (c, outer_layers + 1) chains through the right free wall.
    """

    resolution: Resolution
    points: int
    inner: IntArray
    outer: IntArray
    cells: IntArray
    level: IntArray
    sector: IntArray
    layer: IntArray
    side: IntArray
    surfaces: Mapping[str, IntArray]
    cavities: Mapping[str, Cavity]
    rv_filling: IntArray
    free_columns: IntArray
    septal_columns: IntArray
    rv_columns: IntArray

    @property
    def open(self) -> NDArray[np.bool_]:
        """(levels + 1, sectors): where the slit parts the inner from the outer layers."""
        parted: NDArray[np.bool_] = self.inner[..., -1] != self.outer[..., 0]
        return parted


@cache
def topology(resolution: Resolution = MEDIUM) -> Topology:
    """The template's topology, made once per resolution."""
    inner, outer, count = _points(resolution)
    cells, level, sector, layer = _cells(inner, outer)
    in_slit = (sector < resolution.septal_sectors) & (level >= resolution.rv_apex)
    side = (in_slit & (layer >= resolution.inner_layers)).astype(np.int64)
    parted = inner[..., -1] != outer[..., 0]
    whole = np.concatenate([inner, outer[..., 1:]], axis=-1)
    apex, others = whole[0, :1], whole[1:][~parted[1:]]
    surfaces = _surfaces(resolution, inner, outer)
    return Topology(
        resolution, count, inner, outer, cells, level, sector, layer, side, MappingProxyType(surfaces),
        MappingProxyType(_cavities(resolution, inner, outer, surfaces)), _filling(resolution, inner, outer),
        np.concatenate([apex, others]), inner[parted], outer[parted],
    )  # fmt: skip


def _points(resolution: Resolution) -> tuple[IntArray, IntArray, int]:
    layers = resolution.inner_layers + resolution.outer_layers + 1
    above = np.arange(resolution.levels * resolution.sectors * layers) + layers
    whole = np.empty((resolution.levels + 1, resolution.sectors, layers), np.int64)
    whole[0] = np.arange(layers)
    whole[1:] = above.reshape(resolution.levels, resolution.sectors, layers)
    inner = whole[..., : resolution.inner_layers + 1].copy()
    outer = whole[..., resolution.inner_layers :].copy()
    slit = outer[resolution.rv_apex + 1 :, 1 : resolution.septal_sectors, 0]
    first = int(whole.max()) + 1
    slit[...] = first + np.arange(slit.size).reshape(slit.shape)
    return inner, outer, first + slit.size


def _cells(inner: IntArray, outer: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    parts = [_blocks(block) for block in (inner, outer)]
    cells = np.concatenate([part.reshape(-1, 8) for part in parts])
    place = [np.indices(part.shape[:-1]).reshape(3, -1) for part in parts]
    place[1][2] += inner.shape[-1] - 1
    level, sector, layer = np.concatenate(place, axis=1)
    return cells, level, sector, layer


def _blocks(block: IntArray) -> IntArray:
    """(level, sector, layer, 8) hexahedra of a (level, sector, layer) array of points, sectors closed to a ring."""
    return _hexahedra(_ring(block))


def _filling(resolution: Resolution, inner: IntArray, outer: IntArray) -> IntArray:
    slit = (slice(resolution.rv_apex, None), slice(0, resolution.septal_sectors + 1))
    return _hexahedra(np.stack([inner[(*slit, -1)], outer[(*slit, 0)]], axis=-1)).reshape(-1, 8)


def _hexahedra(block: IntArray) -> IntArray:
    corners = [(0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0)]
    k, i, j = (size - 1 for size in block.shape)
    return np.stack([block[a : a + k, b : b + i, c : c + j] for a, b, c in corners], axis=-1)


def _sheet(sheet: IntArray, *, flip: bool) -> IntArray:
    """(f, 4) quads of a (rows, columns) array of points."""
    quads = np.stack([sheet[:-1, :-1], sheet[:-1, 1:], sheet[1:, 1:], sheet[1:, :-1]], axis=-1).reshape(-1, 4)
    return quads[:, ::-1].copy() if flip else quads


def _ring(sheet: IntArray) -> IntArray:
    return np.concatenate([sheet, sheet[:, :1]], axis=1)


def _surfaces(resolution: Resolution, inner: IntArray, outer: IntArray) -> dict[str, IntArray]:
    slit = (slice(resolution.rv_apex, None), slice(0, resolution.septal_sectors + 1))
    septal, free = inner[(*slit, -1)], outer[(*slit, 0)]
    return {
        "lv_endocardium": _sheet(_ring(inner[..., 0]), flip=True),
        "rv_endocardium": np.concatenate([_sheet(septal, flip=False), _sheet(free, flip=True)]),
        "epicardium": _sheet(_ring(outer[..., -1]), flip=False),
        "base": np.concatenate([_sheet(_base(block), flip=False) for block in (inner, outer)]),
    }


def _base(block: IntArray) -> IntArray:
    """(layer, sector) points of the base, so that its quads look up."""
    return np.concatenate([block[-1], block[-1, :1]]).T[::-1]


def _cavities(
    resolution: Resolution, inner: IntArray, outer: IntArray, surfaces: Mapping[str, IntArray]
) -> dict[str, Cavity]:
    septal = inner[-1, : resolution.septal_sectors + 1, -1]
    free = outer[-1, 1 : resolution.septal_sectors, 0]
    return {
        "lv": Cavity(surfaces["lv_endocardium"], inner[-1, :, 0]),
        "rv": Cavity(surfaces["rv_endocardium"], np.concatenate([septal[::-1], free])),
    }


__all__ = ["COARSE", "FINE", "MEDIUM", "Cavity", "Resolution", "Topology", "topology"]
