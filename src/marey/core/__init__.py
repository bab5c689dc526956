"""Carriers, the step, units and errors: what everything else is written in."""

from marey.core.beat import Beat
from marey.core.errors import CannotWrite, InvalidInput, MareyError, NotAnalysable, UnreadableFile
from marey.core.finding import Finding, ReferenceRange, Report
from marey.core.grid import Grid
from marey.core.image import FrameSource, Image, Labels
from marey.core.kspace import KSpace
from marey.core.mesh import Mesh
from marey.core.motion import Motion
from marey.core.mr_series import MrHeader, MrSeries
from marey.core.parameter import Parameter, Parameters, parameter
from marey.core.raw_data import RawSlice
from marey.core.signal import Signal
from marey.core.step import Step, describe, settings
from marey.core.structure import Code, Structure
from marey.core.study import Facts, Notice, Study

__all__ = [
    "Beat", "CannotWrite", "Code", "Facts", "Finding", "FrameSource", "Grid", "Image", "InvalidInput", "KSpace",
    "Labels", "MareyError", "Mesh", "Motion", "MrHeader", "MrSeries", "NotAnalysable", "Notice", "Parameter",
    "Parameters", "RawSlice", "ReferenceRange", "Report", "Signal", "Step", "Structure", "Study", "UnreadableFile",
    "describe", "parameter", "settings",
]  # fmt: skip
