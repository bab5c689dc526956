"""Meshes for ParaView and PyVista: one `.vtu` file a moment and a `.pvd` file that lists them.

The format is VTK's XML for unstructured grids with base64 data, https://docs.vtk.org/en/latest/vtk_file_formats/.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from marey.core import Mesh
from marey.core.files import write_text

CELL_TYPES = {2: 3, 3: 5, 4: 10, 8: 12}
TYPE_NAMES = {
    "float64": "Float64", "float32": "Float32", "int64": "Int64", "int32": "Int32", "int8": "Int8", "uint8": "UInt8",
}  # fmt: skip


def write_vtu(path: Path, mesh: Mesh) -> Path:
    """Write one mesh with its fields, whole or not at all.

    Raises:
        CannotWrite: the file cannot be written.
    """
    cells = mesh.cells
    offsets = np.arange(1, len(cells) + 1, dtype=np.int64) * cells.shape[1]
    parts = [
        f'<Piece NumberOfPoints="{len(mesh.points)}" NumberOfCells="{len(cells)}">',
        _group("PointData", mesh.fields),
        _group("CellData", mesh.cell_fields),
        _group("Points", {"points": mesh.points}),
        _group(
            "Cells",
            {
                "connectivity": cells.reshape(-1).astype(np.int64),
                "offsets": offsets,
                "types": np.full(len(cells), CELL_TYPES[cells.shape[1]], np.uint8),
            },
        ),
        "</Piece>",
    ]
    return write_text(path, _file("UnstructuredGrid", 'header_type="UInt64"', parts))


def write_moments(path: Path, files: Sequence[Path], times: Sequence[float]) -> Path:
    """Write the `.pvd` that lists files, given relative to its folder, with their times in ms."""
    rows = [
        f'<DataSet timestep="{time:g}" part="0" file={quoteattr(file.as_posix())}/>'
        for file, time in zip(files, times, strict=True)
    ]
    return write_text(path, _file("Collection", "", rows))


def _file(kind: str, more: str, parts: Sequence[str]) -> str:
    head = f'<?xml version="1.0"?>\n<VTKFile type="{kind}" version="1.0" byte_order="LittleEndian" {more}>'
    return "\n".join([head, f"<{kind}>", *parts, f"</{kind}>", "</VTKFile>", ""])


def _group(name: str, arrays: Mapping[str, NDArray[np.generic]]) -> str:
    return "\n".join([f"<{name}>", *(_array(key, values) for key, values in arrays.items()), f"</{name}>"])


def _array(name: str, values: NDArray[np.generic]) -> str:
    kept = values if values.dtype.name in TYPE_NAMES else values.astype(np.float64)
    raw = np.ascontiguousarray(kept, kept.dtype.newbyteorder("<")).tobytes()
    data = base64.b64encode(np.uint64(len(raw)).tobytes() + raw).decode("ascii")
    components = int(np.prod(values.shape[1:]))
    return (
        f'<DataArray type="{TYPE_NAMES[kept.dtype.name]}" Name={quoteattr(name)} '
        f'NumberOfComponents="{components}" format="binary">{data}</DataArray>'
    )


__all__ = ["write_moments", "write_vtu"]
