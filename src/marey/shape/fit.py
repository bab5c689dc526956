"""Fit the template biventricular mesh to the labels of a cine."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.axes import HeartAxes, heart_axes
from marey.anatomy.structures import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.anatomy.ventricles import topology
from marey.core import InvalidInput, Labels, Mesh, NotAnalysable, Notice
from marey.shape.beat_fit import Problem, State, Weights, aligned, iterate, positions
from marey.shape.contours import find_contours
from marey.shape.ends import coverage, end_points
from marey.shape.fitted import FittedHeart, Misfit
from marey.shape.match import match
from marey.shape.model import ShapeModel, shipped_model
from marey.shape.samples import surface_samples

FloatArray = NDArray[np.float64]
LEAST_SLICES = 3
FEW_MODES = 6
FAR = 5.0  # mm
ROUNDS = (
    (FEW_MODES, 20.0), (FEW_MODES, 20.0), (-1, 20.0), (-1, 20.0),
    (0, 20.0), (0, 15.0), (0, 12.0), (0, 10.0), (0, 7.0), (0, 5.0), (0, 4.0),
)  # fmt: skip
"""Of each round: how many modes (-1 all of them, 0 the waves too), and from how many mm on a point counts less."""


@dataclass(frozen=True, eq=False)
class LabelledHeart:
    """Labels of a cine.

    Args:
        short_axis: of a stack, with LV cavity, LV myocardium and, where it is seen, RV cavity.
        end_diastole: number of the phase.
        long_axes: of single slices over the same beat; may have other numbers of phases.

    Raises:
        InvalidInput: a phase that the labels do not have.
    """

    short_axis: Labels
    end_diastole: int = 0
    long_axes: tuple[Labels, ...] = ()

    def __post_init__(self) -> None:
        count = self.short_axis.times.size
        if not 0 <= self.end_diastole < count:
            raise InvalidInput(
                f"End-diastole is phase {self.end_diastole} of {count} phases.",
                "One of the phases of the short axis, counted from 0, is needed.",
                "Find the phases of these labels.",
            )


@dataclass(frozen=True)
class FitShape:
    """The template at every phase of a cine, with the same points throughout.

    Rounds of matching and least squares for the modes and waves of the shape model at every phase, one pose, and one
    shift in the plane for every slice. Without long axes a common shift or slant of all slices cannot be told from the
    heart's pose; both are taken to be none.

    Args:
        weights: what is believed beforehand.
        spacing: mm between the contour points used.
    """

    weights: Weights = field(default_factory=Weights)
    spacing: float = 4.0

    def __call__(self, labelled: LabelledHeart, /) -> FittedHeart:
        """Fit.

        Raises:
            NotAnalysable: no left ventricle with its wall in at least three slices at end-diastole.
        """
        _check(labelled)
        axes = heart_axes(labelled.short_axis, labelled.end_diastole)
        it = _problem(labelled, self.weights, self.spacing)
        state = _start(it, axes)
        modes = len(it.model.sd)
        for used, outlier in ROUNDS:
            count = {-1: modes, 0: len(it.fields)}.get(used, used)
            state = iterate(it, state, count, outlier)
        return _fitted(labelled, it, state)


def _check(labelled: LabelledHeart) -> None:
    labels, phase = labelled.short_axis, labelled.end_diastole
    cavity, wall = (labels.mask(one)[phase].sum(axis=(1, 2)) > 0 for one in (LV_CAVITY, LV_MYOCARDIUM))
    slices = int((cavity & wall).sum())
    if slices < LEAST_SLICES:
        what = "with its wall " if cavity.any() else ""
        raise NotAnalysable(
            f"At end-diastole {slices} short-axis slices show the left ventricle {what}(of {labels.grid.shape[0]}).",
            f"At least {LEAST_SLICES} slices with LV cavity and LV myocardium are needed to fit a ventricle.",
            "Give the whole short-axis stack, with its myocardium labelled.",
        )


def _problem(labelled: LabelledHeart, weights: Weights, spacing: float) -> Problem:
    model = shipped_model()
    fields, samples = model.fields, surface_samples(model.resolution)
    short = labelled.short_axis
    count = short.times.size
    contours = []
    for phase in range(count):
        along = [_one_phase(one, _same_moment(phase, count, one.times.size)) for one in labelled.long_axes]
        contours.append(find_contours([_one_phase(short, phase), *along], 0, spacing))
    stacks = (short, *labelled.long_axes)
    planes = [labels.grid.directions[:, 1:].T for labels in stacks for _ in range(labels.grid.shape[0])]
    shown = short.mask(LV_CAVITY, LV_MYOCARDIUM).sum(axis=(1, 2, 3)) > 0
    seen = [coverage(short, phase) if shown[phase] else None for phase in range(count)]
    return Problem(
        model, fields, samples, _at_samples(model, fields), end_points(model.resolution), contours, seen, short.grid,
        np.array(planes), bool(labelled.long_axes), count > 2, weights,
    )  # fmt: skip


def _at_samples(model: ShapeModel, fields: FloatArray) -> NDArray[np.float32]:
    place = surface_samples(model.resolution).place
    flat = np.moveaxis(fields, 0, -1).reshape(fields.shape[1], -1)
    return np.asarray(place @ flat, np.float32).reshape(place.shape[0], 3, len(fields))


def _same_moment(phase: int, count: int, other: int) -> int:
    return round(phase * other / count) % other


def _one_phase(labels: Labels, phase: int) -> Labels:
    return Labels(labels.values[phase : phase + 1], labels.grid, labels.times[phase : phase + 1], labels.structures)


def _start(it: Problem, axes: HeartAxes) -> State:
    rotation = np.stack([-axes.septal, -axes.anterior, axes.base], axis=-1)
    return State(rotation, axes.lv_centre, np.zeros((len(it.axes), 2)), np.zeros((len(it.contours), len(it.fields))))


def _fitted(labelled: LabelledHeart, it: Problem, state: State) -> FittedHeart:
    known = topology(it.model.resolution)
    count = len(it.contours)
    points = np.stack([positions(it, state, phase) for phase in range(count)])
    found = [match(it.contours[p], aligned(it, state, p), it.samples, points[p]) for p in range(count)]
    away = np.abs(np.concatenate([one.distance for one in found]))
    ed = labelled.end_diastole
    mesh = Mesh(points[ed], known.cells, surfaces=known.surfaces)
    planes = np.unique(np.concatenate([one.plane for one in it.contours]))
    shifts = np.full((it.grid.shape[0], 2), np.nan)
    held = planes[planes < len(shifts)]
    shifts[held] = state.shifts[held]
    return FittedHeart(
        mesh, points, labelled.short_axis.times, ed, state.rotation, state.origin,
        state.unknowns[:, : len(it.model.sd)], shifts, Misfit(float(np.median(away)), float((away > FAR).mean())),
        _notices(labelled), bool(labelled.short_axis.mask(RV_CAVITY)[ed].any()), it.model.resolution,
    )  # fmt: skip


def _notices(labelled: LabelledHeart) -> tuple[Notice, ...]:
    """What the labels leave open."""
    found = []
    seen = labelled.short_axis.mask(LV_CAVITY, LV_MYOCARDIUM)
    if seen[labelled.end_diastole, [0, -1]].any():
        text = "The slices end within the left ventricle; beyond them its shape is what the model expects."
        found.append(Notice("cut-off-ventricle", text))
    if not seen.any(axis=(1, 2, 3)).all():
        text = "At some phases no left ventricle is labelled; there the shape follows from the phases around."
        found.append(Notice("phases-without-ventricle", text))
    return tuple(found)


__all__ = ["FitShape", "LabelledHeart"]
