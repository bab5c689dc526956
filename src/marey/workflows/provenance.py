"""What a result was made with, so that it can be made again."""

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import marey

LIBRARIES = ("numpy", "scipy", "onnxruntime", "openvino", "pydicom", "highdicom", "nibabel")


@cache
def program_digest() -> str:
    """SHA-256 over Marey's own source files: two programs with the same digest compute the same."""
    folder = Path(marey.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that numbers depend on; without those that are not installed."""
    found = {"Python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


__all__ = ["LIBRARIES", "library_versions", "program_digest"]
