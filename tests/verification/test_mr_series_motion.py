"""Series that show motion against what moves: tubes, the aorta, the muscle, the bolus."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from marey.anatomy import structures as names
from marey.core import Grid
from marey.scan.body import Tissue
from marey.scan.mr.protocol import aortic_flow
from marey.scan.mr.series import ScannedSlice
from marey.scan.mr.series.dense import CONTENTS, Displacements, scan_dense
from marey.scan.mr.series.flow import VelocityEncoding, true_flow
from marey.scan.mr.series.flow2d import scan_flow2d
from marey.scan.mr.series.perfusion import FirstPass, scan_perfusion, sequence_of
from marey.scan.mr.series.tagging import Tags, scan_tagging
from marey.scan.mr.spins import water_and_fat
from marey.scan.scene import LABELS, HeartInMotion, Scene
from scanned_subject import lying_subject, middle_slice, quiet, small

NUMBER = {structure.name: number for number, structure in LABELS.items()}
NO_EDDIES = VelocityEncoding(eddy_currents=0.0)
RADIUS, PEAK = 12.0, 1.2  # mm, mm/ms


def inner(mask: np.ndarray, rim: int = 2) -> np.ndarray:
    """Pixels whose neighbours up to `rim` away all belong to a mask (t, row, column)."""
    shifts = [(a, b) for a in range(-rim, rim + 1) for b in range(-rim, rim + 1)]
    return np.asarray(np.all([np.roll(mask, shift, (1, 2)) for shift in shifts], axis=0))


def flow_scan(encoding: VelocityEncoding = NO_EDDIES, matrix: int = 192) -> tuple[ScannedSlice, Grid]:
    settings = small("flow2d", matrix, phases=20, views_per_segment=4, **{"slices.phase_share": 0.8})
    grid = aortic_flow(lying_subject().landmarks, settings.slices)
    return scan_flow2d(lying_subject(), grid, settings, quiet(), np.random.default_rng(0), encoding=encoding), grid


class TubeOfFlow(HeartInMotion):
    """In place of the heart a straight tube across the slice: Poiseuille's velocity, as bright as what is around it."""

    def scene(self, grid: Grid, time: float, breath: float = 0.0, samples: int = 3, **_: bool) -> Scene:
        rows, columns = np.indices(grid.shape[1:])
        across = (
            (rows - (grid.shape[1] - 1) / 2) * grid.spacing[1],
            (columns - (grid.shape[2] - 1) / 2) * grid.spacing[2],
        )
        square = np.minimum((across[0] ** 2 + across[1] ** 2) / RADIUS**2, 1.0)[None, None]
        shape = (1, samples, *grid.shape[1:])
        inside = np.broadcast_to(square < 1, shape)
        tissue = np.full(shape, Tissue.SKELETAL_MUSCLE, np.uint8)
        structure = np.where(inside, NUMBER["aorta"], 0).astype(np.uint8)
        speed = np.broadcast_to(PEAK * (1 - square), shape)[..., None] * grid.normal
        return Scene(grid, tissue, structure, breath, time, np.zeros((2, 3)), velocity=speed.astype(np.float32))


def tube(venc: float) -> tuple[np.ndarray, np.ndarray, Grid]:
    """Mean velocity picture, labels and grid."""
    it = lying_subject()
    it.field_map(1.5)
    motion = object.__new__(TubeOfFlow)
    motion.__dict__.update(it.motion.__dict__)
    flowing = replace(it, motion=motion)
    settings = small(
        "flow2d", 192, phases=2, views_per_segment=32, **{"slices.field_of_view": 240.0, "slices.phase_share": 1.0}
    )
    grid = aortic_flow(it.landmarks, settings.slices)
    encoding = VelocityEncoding(venc=venc, eddy_currents=0.0, excited=500.0)
    frames = scan_flow2d(flowing, grid, settings, quiet(), np.random.default_rng(0), encoding=encoding).frames
    return frames["velocity"].values[0], frames["velocity"].labels[0], grid


def test_velocity_through_a_tube_gives_its_flow_within_one_percent() -> None:
    picture, labels, grid = tube(1.5)
    near = np.asarray(inner(labels[None] != NUMBER["aorta"], 3)[0])
    flow = picture[~near].sum() * grid.spacing[1] * grid.spacing[2]
    assert flow == pytest.approx(np.pi * RADIUS**2 * PEAK / 2, rel=0.01)


def test_velocities_beyond_venc_wrap_by_twice_venc() -> None:
    venc = 0.8
    right, labels, _ = tube(1.5)
    wrapped, _, _ = tube(venc)
    inside = inner(labels[None] == NUMBER["aorta"], 2)[0]
    expected = (right + venc) % (2 * venc) - venc
    apart = np.abs(np.abs(right) - venc) > 0.08
    assert (np.abs(right[inside & apart]) > venc).sum() > 50
    assert np.abs(wrapped - expected)[inside & apart].max() < 0.03


def test_flow_through_the_aorta_is_the_beats() -> None:
    """Stroke volume by the true flow within 5 %; measured within 10 %: bright blood fills the pixels at the wall."""
    scanned, grid = flow_scan()
    frames, period = scanned.frames["velocity"], lying_subject().beat.period
    volumes = [lying_subject().motion.volumes(float(t))[names.LV_CAVITY] for t in lying_subject().beat.times]
    stroke = np.ptp(volumes)
    known = true_flow(frames, grid, names.AORTA).mean() * period
    aorta = frames.labels == NUMBER["aorta"]
    seen = ((frames.values * aorta).sum(axis=(1, 2)) * grid.spacing[1] * grid.spacing[2]).mean() * period
    assert known == pytest.approx(stroke, rel=0.05)
    assert seen == pytest.approx(known, rel=0.10)


def test_displacement_that_dense_encodes_is_the_beats() -> None:
    settings = small("dense", 160, phases=20, views_per_segment=1, **{"slices.phase_share": 0.6})
    grid = middle_slice(settings)
    frames = scan_dense(lying_subject(), grid, settings, quiet(), np.random.default_rng(0), short_axis=True).frames
    truth = frames["magnitude"].truth["displacement"]
    k = Displacements().sequence.encoding
    for axis, name in zip((2, 1, 0), CONTENTS, strict=True):
        true = truth @ grid.directions[:, axis]
        chosen = inner((frames[name].labels == NUMBER["LV myocardium"]) & ~np.isnan(true), 1)
        error = np.angle(np.exp(1j * (frames[name].values - 2 * np.pi * k * true)))[chosen] / (2 * np.pi * k)
        assert chosen.sum() > 100
        assert np.nanmax(np.abs(true)) > 1.0
        assert np.sqrt((error**2).mean()) < 0.1


def harmonic_error(frame: int) -> np.ndarray:
    """Mm between the place of muscle that a tagged picture's harmonic phase says and the true one."""
    settings = small("tagging", 256, phases=frame + 1, views_per_segment=4)
    it, grid = lying_subject(), middle_slice(settings)
    tags = Tags().but({"grid": False, "angle": 0.0, "sequence.weights": (1.0, 1.0)})
    frames = scan_tagging(it, grid, settings, quiet(), np.random.default_rng(0), short_axis=True, tags=tags).frames
    tagged, normal = frames["magnitude"], tags.normals(grid)[0]
    index = np.stack(np.meshgrid(0, *map(np.arange, grid.shape[1:]), indexing="ij"), axis=-1)[0]
    place = (grid.world(index) - grid.centre) @ normal
    turned = np.exp(2j * np.pi * place / tags.sequence.spacing)
    picture = ndimage.gaussian_filter(tagged.values[frame] * turned.conj(), 1.2 * 7.0 / grid.spacing[1] / 2.5)
    moved = tagged.truth["displacement"][frame] @ normal
    chosen = inner(
        ((tagged.labels == NUMBER["LV myocardium"]) & ~np.isnan(tagged.truth["displacement"][..., 0]))[-1:], 1
    )[0]
    phase = np.angle(-picture * np.exp(2j * np.pi * np.nan_to_num(moved) / tags.sequence.spacing))
    return np.asarray(phase[chosen] / (2 * np.pi) * tags.sequence.spacing)


def test_tags_lie_where_laid_and_move_with_the_muscle() -> None:
    for frame, median in ((0, 0.1), (14, 0.5)):
        error = harmonic_error(frame)
        assert error.size > 200
        assert np.median(np.abs(error)) < median


def test_perfusion_follows_its_closed_form() -> None:
    settings = small("perfusion", 192, phases=16)
    plan = FirstPass().but({"breathing.depth": 0.0, "bolus.arrival": 1000.0, "saturation_time": 250.0})
    it, grid = lying_subject(), middle_slice(settings)
    scanned = scan_perfusion(it, grid, settings, quiet(), np.random.default_rng(0), short_axis=True, first_pass=plan)
    frames, scan = scanned.frames["magnitude"], scanned.measured[0].scan
    sequence = sequence_of(settings, plan, np.arange(scan.encoding.matrix[0]), scan.encoding.matrix[0])
    agent = frames.truth["concentration"]
    for name, tissue in (("LV cavity", Tissue.LEFT_BLOOD), ("LV myocardium", Tissue.LV_MYOCARDIUM)):
        chosen = inner(frames.labels == NUMBER[name], 1)[0] & np.all(frames.labels == NUMBER[name], axis=0)
        alike = chosen & (np.ptp(np.abs(agent - np.median(agent[:, chosen], axis=1)[:, None, None]), axis=0) < 1e-3)
        said = [abs(sum(sequence(part, now)[tissue] for part in water_and_fat(it.spins(1.5))))
                for now in np.median(agent[:, alike], axis=1)]  # fmt: skip
        seen = np.median(frames.values[:, alike], axis=1)
        assert alike.sum() > 50
        np.testing.assert_allclose(seen / said, np.median(seen / said), rtol=0.02)
        assert np.median(seen / said) == pytest.approx(1.0, abs=0.15)  # of the coils, even over the heart
