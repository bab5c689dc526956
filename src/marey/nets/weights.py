"""The shipped weights: where they are, and that they are what they were."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from marey.core import UnreadableFile
from marey.core.files import sha256


@dataclass(frozen=True)
class Weights:
    """A network file of the package.

    Args:
        name: e.g. "short_axis".
        path: the ONNX file.
        digest: its SHA-256.
    """

    name: str
    path: Path
    digest: str


@lru_cache
def shipped(name: str) -> Weights:
    """Weights that come with the package, checked against their record.

    Raises:
        UnreadableFile: the file is missing or was changed after its release.
    """
    folder = Path(str(files("marey.nets"))) / "weights"
    path = folder / f"{name}.onnx"
    record = json.loads((folder / "weights.json").read_text(encoding="utf-8")).get(name, "")
    found = sha256(path) if path.exists() else "nothing"
    if found != record:
        raise UnreadableFile(
            f"The weights '{path.name}' are damaged or were replaced (SHA-256 {found[:12]}, recorded {record[:12]}).",
            "The file that was released with this version is needed.",
            "Install Marey again: pip install --force-reinstall marey.",
        )
    return Weights(name, path, found)


__all__ = ["Weights", "shipped"]
