"""Meshes written for ParaView can be read back to the bit."""

import base64
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from marey.core import Mesh
from marey.io.vtk_out import write_moments, write_vtu

MESH = Mesh(
    np.random.default_rng(3).normal(size=(8, 3)),
    np.arange(8)[None],
    fields={'odd "name" <&>': np.arange(24.0).reshape(8, 3), "flag": np.ones(8, np.bool_)},
    cell_fields={"segment": np.array([7], np.int8)},
)
DTYPES = {"Float64": "<f8", "Int64": "<i8", "Int8": "i1", "UInt8": "u1"}


def _arrays(path: Path) -> dict[str, np.ndarray]:
    found = {}
    for element in ET.parse(path).getroot().iter("DataArray"):
        raw = base64.b64decode(element.text or "")
        size = int(np.frombuffer(raw[:8], "<u8")[0])
        assert size == len(raw) - 8
        values = np.frombuffer(raw[8:], DTYPES[element.attrib["type"]])
        found[element.attrib["Name"]] = values.reshape(-1, int(element.attrib["NumberOfComponents"]))
    return found


def test_points_cells_and_fields_come_back(tmp_path: Path) -> None:
    arrays = _arrays(write_vtu(tmp_path / "heart.vtu", MESH))
    assert np.array_equal(arrays["points"], MESH.points)
    assert arrays["connectivity"].ravel().tolist() == list(range(8))
    assert arrays["types"].item() == 12
    assert arrays["offsets"].item() == 8
    assert np.array_equal(arrays['odd "name" <&>'], MESH.fields['odd "name" <&>'])
    assert arrays["segment"].item() == 7
    assert (arrays["flag"] == 1).all()


def test_moments_name_their_files_and_times(tmp_path: Path) -> None:
    files = [Path("meshes") / f"{k}.vtu" for k in range(2)]
    root = ET.parse(write_moments(tmp_path / "beat.pvd", files, [0.0, 12.5])).getroot()
    assert [(row.attrib["file"], float(row.attrib["timestep"])) for row in root.iter("DataSet")] == [
        ("meshes/0.vtu", 0.0), ("meshes/1.vtu", 12.5),
    ]  # fmt: skip
