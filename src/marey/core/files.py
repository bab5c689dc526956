"""Files that are written whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from marey.core.errors import CannotWrite


def write_with(path: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a temporary file beside `path`, then rename it into place.

    A run that is killed leaves either the whole file or none; temporary names begin with ".part-".

    Args:
        path: where the file shall be; its folder is made if needed.
        write: gets the temporary path, which has the same suffixes as `path`.

    Raises:
        CannotWrite: the folder or file cannot be written, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", suffix="".join(path.suffixes[-2:]), dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            write(temporary)
            _flush_to_disk(temporary)
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(
            f"'{path}' could not be written: {error.strerror or error}.",
            "A writable folder with enough free space is needed.",
            "Choose another output folder with -o, or free some space.",
        ) from error
    return path


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text whole or not at all."""
    return write_with(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush_to_disk(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


__all__ = ["sha256", "write_text", "write_with"]
