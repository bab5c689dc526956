"""Series of a cardiac MR exam, one file each: protocol, sequence and acquisition of one slice of a subject."""

from types import MappingProxyType

from marey.scan.mr.series.assembled import assembled
from marey.scan.mr.series.cine import scan_cine
from marey.scan.mr.series.measure import planned, slice_by_slice
from marey.scan.mr.series.scanned import Frames, ScannedSlice, ScanSlice
from marey.scan.mr.series.scanner import BreathHolds, Scanner, perfect_scanner, random_scanner
from marey.scan.mr.series.subject import Subject, subject
from marey.scan.mr.series.tagging import scan_tagging

SCANS: MappingProxyType[str, ScanSlice] = MappingProxyType(
    {
        "cine": scan_cine,
        "lax": scan_cine,
        "tagging": scan_tagging,
    }
)
"""What a protocol may hold."""

__all__ = [
    "SCANS", "BreathHolds", "Frames", "ScanSlice", "ScannedSlice", "Scanner", "Subject", "assembled",
    "perfect_scanner", "planned", "random_scanner", "scan_cine", "scan_tagging", "slice_by_slice", "subject",
]  # fmt: skip
