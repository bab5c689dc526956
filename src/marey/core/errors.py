"""The one family of errors: what was found, what was expected, what to do."""

from dataclasses import dataclass


@dataclass(unsafe_hash=True)
class MareyError(Exception):
    """Something the person at the terminal has to know, in three short sentences.

    Args:
        found: what was there, e.g. "The folder 'exam' holds no readable image."
        expected: what Marey needs, e.g. "A cine MR exam as DICOM or NIfTI is needed."
        remedy: what to do about it, e.g. "Check the path, or run 'marey info exam'."
    """

    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.found, self.expected, self.remedy) if part)


class InvalidInput(MareyError, ValueError):
    """A value, header or setting that cannot be right."""


class UnreadableFile(MareyError, OSError):
    """A file that is missing, damaged or in a format that cannot be decoded."""


class NotAnalysable(MareyError, ValueError):
    """A readable study from which the asked-for numbers cannot be made."""


class CannotWrite(MareyError, OSError):
    """An output that could not be written whole."""


__all__ = ["CannotWrite", "InvalidInput", "MareyError", "NotAnalysable", "UnreadableFile"]
