"""Series of a cardiac MR exam, one file each: protocol, sequence and acquisition of one slice of a subject."""

from types import MappingProxyType

from marey.scan.mr.series.assembled import assembled
from marey.scan.mr.series.cine import scan_cine
from marey.scan.mr.series.dense import scan_dense
from marey.scan.mr.series.flow2d import scan_flow2d
from marey.scan.mr.series.flow4d import scan_flow4d
from marey.scan.mr.series.lge import scan_lge
from marey.scan.mr.series.measure import planned, slice_by_slice
from marey.scan.mr.series.mrf import scan_mrf
from marey.scan.mr.series.perfusion import scan_perfusion
from marey.scan.mr.series.scanned import Frames, ScannedSlice, ScanSlice
from marey.scan.mr.series.scanner import BreathHolds, Scanner, perfect_scanner, random_scanner
from marey.scan.mr.series.subject import Subject, subject
from marey.scan.mr.series.t1 import scan_t1
from marey.scan.mr.series.t2 import scan_t2
from marey.scan.mr.series.tagging import scan_tagging

SCANS: MappingProxyType[str, ScanSlice] = MappingProxyType(
    {
        "cine": scan_cine,
        "lax": scan_cine,
        "lge": scan_lge,
        "t1": scan_t1,
        "t2": scan_t2,
        "tagging": scan_tagging,
        "dense": scan_dense,
        "flow2d": scan_flow2d,
        "flow4d": scan_flow4d,
        "perfusion": scan_perfusion,
        "mrf": scan_mrf,
    }
)
"""What a protocol may hold."""

__all__ = [
    "SCANS", "BreathHolds", "Frames", "ScanSlice", "ScannedSlice", "Scanner", "Subject", "assembled",
    "perfect_scanner", "planned", "random_scanner", "scan_cine", "scan_dense", "scan_flow2d", "scan_flow4d",
    "scan_lge", "scan_mrf", "scan_perfusion", "scan_t1", "scan_t2", "scan_tagging", "slice_by_slice", "subject",
]  # fmt: skip
