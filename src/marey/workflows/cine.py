"""Cine MR: from the scanner's files to a report."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, KeyPhases, View
from marey.anatomy.axes import box_around, heart_axes
from marey.core import Finding, Image, Labels, Notice, Report, Study, describe
from marey.detect.heart_box import FindHeart
from marey.detect.levels import FindLevels, LabelledPhases
from marey.detect.long_axis import FindLongAxes, LabelledStudy
from marey.detect.phases import FindPhases
from marey.detect.short_axis import FindShortAxis
from marey.diagnose.five_classes import ClassifyHeart
from marey.io.read import read_study
from marey.measure import MeasureCurves, MeasureVolumes, MeasureWall, SegmentedCine
from marey.measure.followed_wall import TrackedCine
from marey.measure.long_axis import MeasureLongAxes
from marey.measure.segment_strain import MeasureSegmentStrain
from marey.measure.septal_shape import MeasureSeptalShape
from marey.measure.strain import MeasureStrain
from marey.measure.wall_motion import MeasureWallMotion
from marey.motion import LabelledCine, TrackCine
from marey.nets.cine_net import CineNet
from marey.quality.all_checks import CheckQuality
from marey.quality.reading import Reading
from marey.report.exam import Exam
from marey.segment.long_axis import LongAxisView, SegmentLongAxis
from marey.segment.short_axis import SegmentShortAxis
from marey.trust.motion import CheckMotion
from marey.trust.plausibility import CheckPlausibility, Measured, lower_confidence
from marey.workflows.doubts import with_doubts
from marey.workflows.output_folder import MEASUREMENTS, begin, finish, is_finished, without_results
from marey.workflows.provenance import library_versions, program_digest
from marey.workflows.results import write_results
from marey.workflows.stored_report import read_report

_NET = CineNet()
TOWARDS_THE_ATRIA = 20.0  # mm from the middle of the LV to that of the heart
AROUND = 20.0  # mm
LONG_AXES = (View.TWO_CHAMBER, View.THREE_CHAMBER, View.FOUR_CHAMBER)
Progress = Callable[[float, str], None]


def _unseen(_fraction: float, _text: str) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True)
class AnalyzeCine:
    """A study becomes an analysed exam; the fields are the steps, in their order, with their settings."""

    find_short_axis: FindShortAxis = FindShortAxis()
    find_heart: FindHeart = FindHeart(net=_NET)
    segment: SegmentShortAxis = SegmentShortAxis(net=_NET)
    find_phases: FindPhases = FindPhases()
    find_levels: FindLevels = FindLevels()
    find_long_axes: FindLongAxes = FindLongAxes()
    segment_long_axis: SegmentLongAxis = SegmentLongAxis()
    measure_volumes: MeasureVolumes = MeasureVolumes()
    measure_curves: MeasureCurves = MeasureCurves()
    measure_wall: MeasureWall = MeasureWall()
    measure_wall_motion: MeasureWallMotion = MeasureWallMotion()
    measure_septal_shape: MeasureSeptalShape = MeasureSeptalShape()
    measure_long_axes: MeasureLongAxes = MeasureLongAxes()
    track: TrackCine = TrackCine()
    measure_strain: MeasureStrain = MeasureStrain()
    measure_segment_strain: MeasureSegmentStrain = MeasureSegmentStrain()
    quality: CheckQuality = CheckQuality()
    plausibility: CheckPlausibility = CheckPlausibility()
    check_motion: CheckMotion = CheckMotion()
    classify: ClassifyHeart = ClassifyHeart()

    def __call__(self, study: Study, /, progress: Progress = _unseen) -> Exam:
        """Find, segment, measure and check.

        Raises:
            NotAnalysable: the study has no short-axis cine of a beating heart.
        """
        progress(0.0, "finding the short axis")
        study = self.find_short_axis(study)
        image = study.of_view(View.SHORT_AXIS)[0]
        progress(0.05, "segmenting")
        labels = self.segmented(image)
        progress(0.9, "measuring")
        phases = self.find_phases(labels)
        levels = self.find_levels(LabelledPhases(labels, phases))
        study = self.find_long_axes(LabelledStudy(study, labels))
        image = study.of_view(View.SHORT_AXIS)[0]
        cine = SegmentedCine(labels, phases, levels, study.facts, image.rr_interval)
        long_axes = self._long_axes(study, labels, phases)
        report = self._measured(study, image, cine, self.measure_long_axes(long_axes))
        return Exam(study, image, labels, phases, levels, report, long_axes)

    def segmented(self, image: Image) -> Labels:
        """Labels on the whole grid; the network sees the heart's box only."""
        box = self.find_heart(image)
        return self.segment(image.crop(box.rows, box.columns)).on(image.grid, box.rows, box.columns)

    def _long_axes(self, study: Study, labels: Labels, phases: KeyPhases) -> dict[View, Labels]:
        """Labels of the first cine of each long-axis view; others of the same view are repetitions."""
        views = {view: study.of_view(view) for view in LONG_AXES}
        axes = heart_axes(labels, phases.end_diastole)
        centre = axes.lv_centre + TOWARDS_THE_ATRIA * axes.base
        return {
            view: self.segment_long_axis(LongAxisView(images[0], centre))
            for view, images in views.items()
            if images and images[0].grid.shape[0] == 1 and images[0].phases > 1
        }

    def _measured(self, study: Study, image: Image, cine: SegmentedCine, along: tuple[Finding, ...]) -> Report:
        curves, tracked = self.measure_curves(cine), self._tracked(image, cine)
        strain, shape = self.measure_strain(tracked), self.measured_shape(cine)
        regional = self.measure_segment_strain(tracked)
        measured = (*shape, *curves.findings, *strain.findings, *regional, *along)
        quality = with_doubts(self.quality(Reading(image, cine.labels, cine.phases)))
        checks = (*quality, *self.plausibility(Measured(cine, measured)), *self.check_motion(tracked))
        trusted = lower_confidence(measured, checks)
        findings = (*trusted, *self.classify(trusted), *checks)
        return Report(findings, {**curves.curves, **strain.curves}, study.notices)

    def measured_shape(self, cine: SegmentedCine) -> tuple[Finding, ...]:
        """What contours alone say, and diseases are told apart by: volumes, walls, how they move, the septum."""
        steps = (self.measure_volumes, self.measure_wall, self.measure_wall_motion, self.measure_septal_shape)
        return tuple(finding for step in steps for finding in step(cine))

    def _tracked(self, image: Image, cine: SegmentedCine) -> TrackedCine:
        """The motion of the left ventricle and of as much around it as can move there."""
        box = box_around(cine.labels, LV_CAVITY, LV_MYOCARDIUM, margin=AROUND)
        near = replace(cine, labels=cine.labels.crop(*box))
        return TrackedCine(near, self.track(LabelledCine(image.crop(*box), near.labels, cine.phases.end_diastole)))

    def described(self) -> dict[str, str]:
        """Every step with its settings, one line each."""
        return {field.name: describe(getattr(self, field.name)) for field in fields(self)}


def analyze(
    paths: Sequence[Path],
    out: Path,
    workflow: AnalyzeCine | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Read an exam, analyse it and write the report and all other results.

    An analysis that `out` already holds, whole and made of the same files by the same program and settings, is returned
    as it is, with a notice of the kind "reused".

    Args:
        paths: a folder of DICOM files, one NIfTI file, or several.
        out: folder for the results; made if needed.
        workflow: the steps with their settings.
        force: compute again what is finished; replace files that are in the way.
        progress: told the fraction done and what is being done.

    Raises:
        UnreadableFile: nothing that can be read.
        InvalidInput: headers or pixels that cannot be right, or several patients.
        NotAnalysable: no short-axis cine of a beating heart.
        CannotWrite: `out` cannot be written.
    """
    began, told, workflow = time.monotonic(), progress or _unseen, workflow or AnalyzeCine()
    with ThreadPoolExecutor(1) as background:
        background.submit(_import_writers)
        study = read_study(without_results(paths), _part(told, 0.0, 0.2, "reading"))
        identity = _identity(study, workflow)
        if not force and is_finished(out, identity):
            return _again(out)
        begin(out, overwrite=force)
        exam = workflow(study, _part(told, 0.2, 0.8))
    exam = replace(exam, report=replace(exam.report, provenance=_provenance(exam, workflow, time.monotonic() - began)))
    finish(out, write_results(exam, out, _part(told, 0.8, 1.0)), identity)
    told(1.0, "done")
    return exam.report


def _again(out: Path) -> Report:
    """The finished report, and the notice that it is one."""
    report = read_report(out / MEASUREMENTS)
    text = f"This analysis was already finished in '{out}' and was not computed again; --force does so."
    return replace(report, notices=(*report.notices, Notice("reused", text)))


def _identity(study: Study, workflow: AnalyzeCine) -> dict[str, str]:
    """What decides every result: input, program, settings, engine."""
    return {
        "input": study.digest,
        "program": program_digest(),
        "network": _networks(workflow),
        **library_versions(),
        **workflow.described(),
    }


def _networks(workflow: AnalyzeCine) -> str:
    names = (workflow.find_heart.net.name, workflow.segment.net.name, workflow.segment_long_axis.net.name)
    return ", ".join(dict.fromkeys(names))


def _provenance(exam: Exam, workflow: AnalyzeCine, seconds: float) -> dict[str, str]:
    return {
        "Marey": version("marey"),
        "Program SHA-256": program_digest(),
        "Input SHA-256": exam.study.digest,
        "Network": _networks(workflow),
        "Analysis time": f"{seconds:.1f} s",
        **library_versions(),
        **workflow.described(),
    }


def _part(progress: Progress, low: float, high: float, text: str = "") -> Progress:
    """Progress of one part of the work, from `low` to `high` of the whole."""
    return lambda fraction, doing: progress(low + (high - low) * fraction, doing or text)


def _import_writers() -> None:
    """Import what only the results need, while the files are read and the network runs."""
    from marey.io.derived import preload

    preload()


__all__ = ["AnalyzeCine", "analyze"]
