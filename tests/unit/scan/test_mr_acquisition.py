"""The parts of the acquisition, and a small cine from object to pictures."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from marey.core import InvalidInput, KSpace
from marey.scan.mr.acquisition import (
    BreathHold,
    CartesianEncoder,
    Encoding,
    Magnetisation,
    ObjectGrid,
    Patient,
    RadialEncoder,
    Receiver,
    Reconstruction,
    StateTable,
    acquire,
    by_phase,
    chest_array,
    field_of,
    full,
    object_grid,
    partial_fourier,
    prospective,
    reconstruct,
    reduced_grid,
    retrospective,
    segments,
    shimmed,
    sort,
    uniform,
)
from marey.scan.mr.acquisition.fourier import to_kspace
from marey.scan.mr.acquisition.radial import Nufft, density
from marey.scan.mr.acquisition.reconstruct import (
    conjugate_gradients,
    cut_off,
    fermi,
    homodyne,
    prescan_normalisation,
    projections,
    stored,
    tukey,
    whitening,
)
from marey.scan.mr.acquisition.reconstruct.chain import lattice
from marey.scan.mr.acquisition.reconstruct.grappa import kernel
from marey.scan.mr.acquisition.sampling import Lines
from mr_phantoms import Complex, Slice, axial, chest

ENCODING = Encoding((320.0, 360.0), (64, 80), 0.93, 1)


@pytest.fixture(scope="module")
def scene() -> Slice:
    return axial(ENCODING)


def cine(scene: Slice, lines: Lines, noise: float = 0.0, seed: int = 3) -> tuple[KSpace, Lines]:
    """A ball that shrinks to 20 mm and grows again, as sorted k-space of 10 phases."""
    rng = np.random.default_rng(seed)
    radii = 25 + 5 * np.cos(2 * np.pi * np.arange(30) / 30)
    table = StateTable(np.arange(0, 900.0, 30.0), np.zeros(1), [[chest(scene, radius)] for radius in radii], 900.0)
    r_waves = np.cumsum(np.r_[0.0, rng.normal(900, 20, 20)])
    schedule = retrospective(Patient(r_waves, BreathHold(), 900.0), rng, segments(lines, 8), 3.0)
    raw = acquire(table, schedule, scene.encoder, scene.grid, rng, noise_covariance=scene.array.noise_covariance,
                  noise=noise, time_step=30.0)  # fmt: skip
    sorting = by_phase(schedule, 10)
    return sort(raw, sorting), sorting.lines


@pytest.mark.parametrize(("lines", "limit"), [(full(64), 1.5), (uniform(64, 2, 24), 1.8)])
def test_a_cine_shows_the_ball_shrink(scene: Slice, lines: Lines, limit: float) -> None:
    kspace, lines = cine(scene, lines, noise=0.002)
    picture = np.abs(reconstruct(kspace, lines, ENCODING, Reconstruction((128, 144), 0.3)))
    row, column = np.meshgrid((np.arange(128) - 63.5) * 2.5, (np.arange(144) - 71.5) * 2.5, indexing="ij")
    near = np.hypot(row + 10, column - 25) < 45
    bright = np.sqrt((np.abs(scene.maps) ** 2).sum(0)).max()
    assert 0.1 < picture.max() < 0.5 * bright
    radii = []
    for phase in picture:
        blood, muscle = np.median(phase[np.hypot(row + 10, column - 25) < 12]), 0.15 / 0.4
        radii.append(np.sqrt((near & (phase > (1 + muscle) / 2 * blood)).sum() * 2.5**2 / np.pi))
    assert radii[0] == pytest.approx(30, abs=limit)
    assert radii[5] == pytest.approx(20, abs=limit)


def test_partial_fourier_goes_through_the_chain(scene: Slice) -> None:
    whole_k, whole_lines = cine(scene, full(64))
    part_k, part_lines = cine(scene, partial_fourier(full(64), 64, 0.75))
    whole = np.abs(reconstruct(whole_k, whole_lines, ENCODING, Reconstruction((64, 80))))
    errors = {}
    for method in ("homodyne", "projections", "zero"):
        picture = np.abs(reconstruct(part_k, part_lines, ENCODING, Reconstruction((64, 80), partial=method)))
        errors[method] = np.linalg.norm(picture - whole) / np.linalg.norm(whole)
    assert errors["homodyne"] < errors["zero"]
    assert errors["projections"] < errors["zero"]
    assert errors["homodyne"] < 0.1


def test_noise_scales_with_voxel_time_and_field() -> None:
    receiver = Receiver()
    sigma = receiver.sample_noise(ENCODING, 8.0)
    assert receiver.sample_noise(ENCODING, 4.0) == pytest.approx(2 * sigma)
    assert receiver.but(averages=4.0).sample_noise(ENCODING, 8.0) == pytest.approx(sigma / 2)
    assert receiver.but(field_strength=3.0).sample_noise(ENCODING, 8.0) == pytest.approx(sigma / 2)
    wide = Encoding((320.0, 360.0), (64, 80), 4 * 0.93, 1)
    assert receiver.sample_noise(wide, 8.0) == pytest.approx(2 * sigma)


def test_the_picture_has_the_noise_asked_for(scene: Slice) -> None:
    rng = np.random.default_rng(12)
    nothing = Magnetisation(np.zeros((1, *scene.grid.shape), np.complex64))
    patient = Patient(np.arange(0, 18_000.0, 900.0), BreathHold(), 900.0)
    schedule = prospective(patient, rng, segments(full(64), 16), 3.0, 4)
    raw = acquire(lambda _time, _breath: nothing, schedule, scene.encoder, scene.grid, rng,
                  noise_covariance=scene.array.noise_covariance, noise=0.05)  # fmt: skip
    sorting = by_phase(schedule, 4)
    kspace = sort(raw, sorting)
    plain = KSpace(
        raw.samples[:, sorting.first], kspace.trajectory, kspace.times, kspace.noise_covariance, kspace.dwell_time
    )
    picture = reconstruct(plain, sorting.lines, ENCODING, Reconstruction((64, 80)))
    assert picture.real.std() == pytest.approx(0.05, rel=0.35)


def test_covariance_is_largest_between_neighbours() -> None:
    array = chest_array(np.array([10.0, -20.0, 5.0]), 16)
    size = np.abs(array.noise_covariance)
    assert np.diag(size).mean() == pytest.approx(1)
    apart = np.linalg.norm(array.loops.mean(1)[:, None] - array.loops.mean(1)[None], axis=-1)
    off = ~np.eye(16, dtype=bool)
    assert np.corrcoef(apart[off], size[off])[0, 1] < -0.5
    assert np.linalg.eigvalsh(array.noise_covariance).min() > 0
    assert np.allclose(array.loops.mean((0, 1)), [10, -20, 5], atol=2)


@pytest.mark.parametrize("matrix", [(64, 80), (161, 208), (96, 256)])
@pytest.mark.parametrize("extent", [(1.0, 1.0), (1.3, 1.5), (2.0, 1.25)])
def test_grids_cover_what_they_should(matrix: tuple[int, int], extent: tuple[float, float]) -> None:
    encoding = Encoding((300.0, 340.0), matrix, 0.9)
    grid = object_grid(encoding, 2.0, extent)
    reduced = reduced_grid(grid, encoding)
    assert np.allclose(reduced.extent(encoding), grid.extent(encoding))
    for axis in range(2):
        assert grid.per_field[axis] >= 2 * matrix[axis]
        assert grid.shape[axis] >= extent[axis] * grid.per_field[axis]
        assert reduced.per_field[axis] >= matrix[axis] + 24
        assert (reduced.shape[axis] - reduced.per_field[axis]) % 2 == 0


def test_states_are_the_nearest_and_periodic() -> None:
    still = [Magnetisation(np.full((1, 2, 2), value, np.complex64)) for value in range(6)]
    table = StateTable(np.array([0.0, 300.0, 600.0]), np.array([0.0, 5.0]), [still[:2], still[2:4], still[4:]], 900.0)
    assert [table(t, b).values[0, 0, 0].real for t, b in ((10, 1), (290, 4), (590, 9), (880, 0))] == [0, 3, 5, 0]


def test_filters_normalisation_cut_off_and_integers() -> None:
    assert (tukey((8, 8), 0.0) == 1).all()
    edge = tukey((64, 64), 0.5)
    assert edge[32, 32] == 1
    assert edge[32, 0] == pytest.approx(0, abs=1e-6)
    assert edge[32, 8] == pytest.approx(0.5, abs=1e-6)
    assert fermi((64, 64), 0.75)[32, 8] == pytest.approx(0.5)
    brightness = np.linspace(1, 4, 50, dtype=np.float32)[None].repeat(40, 0)
    assert np.ptp(prescan_normalisation(brightness) * brightness) < 1e-5
    assert (prescan_normalisation(brightness, 0.0) == 1).all()
    inside = cut_off(np.ones((20, 20), np.float32), (10.0, 10.0), (0.0, 0.0), 100.0)
    assert inside.sum() * 100 == pytest.approx(np.pi * 100**2, rel=0.03)
    picture = np.linspace(0, 2, 10001, dtype=np.float32)[None]
    integers, step = stored(picture)
    assert integers.max() <= 4095
    assert np.abs(integers * step - picture).max() < step


def test_radial_gridding_gives_back_the_object() -> None:
    angles, n = np.arange(160) * np.pi / 160, 48
    encoding = Encoding((240.0, 240.0), (n, n), 0.9, 2)
    row, column = np.meshgrid(np.arange(64) - 31.5, np.arange(64) - 31.5, indexing="ij")
    ball = np.exp(-((row - 5) ** 2 + (column + 8) ** 2) / 60).astype(np.complex64)
    encoder = RadialEncoder(encoding, np.ones((1, 64, 64), np.complex64), (64, 64), angles)
    spokes = np.arange(160)
    samples = encoder.readouts(ball, spokes) * density(encoding, 160)
    picture = encoder.adjoint(samples, spokes).real
    picture *= 64 * 64 / (n * n)
    assert np.abs(picture - ball.real)[16:48, 16:48].max() < 0.03


def still(value: float = 1.0) -> Magnetisation:
    return Magnetisation(np.full((1, 4, 4), value, np.complex64))


def noiseless(samples: Complex) -> KSpace:
    readouts = samples.shape[1:-1]
    return KSpace(samples, np.zeros((*(1 for _ in readouts), samples.shape[-1], 2), np.float32), np.zeros(readouts),
                  np.zeros((len(samples),) * 2, complex), 1.0)  # fmt: skip


def try_acquire(scene: Slice, **changes: Any) -> None:
    patient = Patient(np.arange(0, 18_000.0, 900.0), BreathHold(), 900.0)
    schedule = prospective(patient, np.random.default_rng(0), [changes.pop("lines", full(4))], 3.0)
    given: dict[str, Any] = {"noise_covariance": scene.array.noise_covariance, "noise": 0.0} | changes
    states = given.pop("states", lambda _time, _breath: chest(scene))
    acquire(states, schedule, scene.encoder, scene.grid, np.random.default_rng(0), **given)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Encoding((10.0, 300.0), (64, 64), 1.0), "field of view"),
        (lambda: Encoding((300.0, float("nan")), (64, 64), 1.0), "field of view"),
        (lambda: Encoding((300.0, 300.0), (64, 2048), 1.0), "matrix"),
        (lambda: Encoding((300.0, 300.0), (64, 65), 1.0), "even number"),
        (lambda: Encoding((300.0, 300.0), (64, 64), 930.0), "kHz"),
        (lambda: Encoding((300.0, 300.0), (64, 64), 1.0, 3), "oversampling"),
        (lambda: object_grid(ENCODING, 0.5), "finer"),
        (lambda: object_grid(ENCODING, 2.0, (0.8, 1.0)), "fields of view"),
        (lambda: chest_array(np.zeros(3), 7), "7 coils"),
        (lambda: chest_array(np.zeros(3), 128), "128 coils"),
        (lambda: CartesianEncoder(ENCODING, np.ones((1, 32, 80), np.complex64), (32, 80)), "At least"),
        (lambda: CartesianEncoder(ENCODING, np.ones((1, 81, 80), np.complex64), (64, 80)), "even number"),
        (lambda: to_kspace(np.ones((4, 4), np.complex64), (8, 4)), "finer grid"),
        (lambda: Magnetisation(np.ones((4, 4), np.complex64)), "shape"),
        (lambda: Magnetisation(np.ones((2, 4, 4), np.complex64)), "species"),
        (lambda: Magnetisation(np.ones((1, 4, 4), np.complex64), t2_star=(0.0,)), "positive"),
        (lambda: still(np.nan), "finite"),
        (lambda: StateTable(np.zeros(2), np.zeros(1), [[still()]], 900.0), "table of states"),
        (lambda: whitening(np.ones((2, 2), complex)), "inverted"),
        (lambda: lattice(np.array([0, 1, 4, 6, 8])), "Regular"),
        (lambda: lattice(np.array([3])), "Regular"),
        (lambda: kernel(np.ones((2, 6, 20), np.complex64), 2), "calibration"),
        (lambda: conjugate_gradients(np.conj, np.conj, np.ones(2, "F"), iterations=0), "iterations"),
        (lambda: conjugate_gradients(np.conj, np.conj, np.ones(2, "F"), regularisation=-1.0), "regularisation"),
        (lambda: homodyne(np.ones((16, 8), np.complex64), 8), "beyond the centre"),
        (lambda: projections(np.ones((16, 8), np.complex64), 2, 0), "iterations"),
        (lambda: tukey((8, 8), 1.5), "edge"),
        (lambda: fermi((8, 8), 0.0), "Fermi"),
        (lambda: stored(np.array([-1.0], np.float32)), "negative"),
        (lambda: stored(np.array([np.nan], np.float32)), "not numbers"),
        (lambda: reconstruct(noiseless(np.ones((1, 9, 80), np.complex64)), full(64), ENCODING,
                             Reconstruction((64, 80))), "lines and samples"),
        (lambda: reconstruct(noiseless(np.ones((1, 64, 80), np.complex64)), full(64), ENCODING,
                             Reconstruction((60, 80))), "picture of"),
        (lambda: Nufft((7, 8), np.zeros((1, 2))), "Even sides"),
        (lambda: Nufft((8, 8), np.ones((1, 2))), "cycles per pixel"),
        (lambda: field_of(np.ones((4, 4), np.float32), (1.0, 1.0, 1.0)), "volume"),
        (lambda: field_of(np.full((4, 4, 4), np.nan, np.float32), (1.0, 1.0, 1.0)), "finite"),
        (lambda: shimmed(np.ones((4, 4, 4), np.float32), np.zeros((4, 4, 4), bool)), "shim"),
        (lambda: shimmed(np.ones((4, 4, 4), np.float32), np.ones((4, 4, 4), bool), 3), "shim"),
        (lambda: Receiver(noise=-1.0), "noise"),
    ],
)  # fmt: skip
def test_what_cannot_be_acquired_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        call()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states": lambda _time, _breath: still()}, "pixels"),
        ({"lines": np.array([0, 64])}, "lines 0 to 64"),
        ({"time_step": 0.0}, "steps"),
        ({"noise": -1.0}, "noise"),
    ],
)
def test_a_measurement_that_cannot_be_made_is_refused(scene: Slice, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        try_acquire(scene, **changes)


def test_object_grid_is_a_value() -> None:
    assert ObjectGrid((64, 64), (32, 32)).pixel(ENCODING) == (10.0, 11.25)
