"""Series of a cardiac MR exam, one file each: protocol, sequence and acquisition of one slice of a subject."""

from marey.scan.mr.series.cine import scan_cine
from marey.scan.mr.series.measure import planned, slice_by_slice
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import BreathHolds, Scanner, perfect_scanner, random_scanner
from marey.scan.mr.series.subject import Subject, subject

__all__ = [
    "BreathHolds", "Frames", "ScannedSlice", "Scanner", "Subject", "perfect_scanner", "planned", "random_scanner",
    "scan_cine", "slice_by_slice", "subject",
]  # fmt: skip
