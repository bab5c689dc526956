"""Closed forms of coils, k-space, noise and reconstruction; derivations in mr_acquisition.md."""

import numpy as np
import pytest
from scipy.interpolate import make_interp_spline

from marey.core import KSpace
from marey.scan.mr.acquisition import (
    BreathHold,
    CartesianEncoder,
    Encoding,
    Magnetisation,
    ObjectGrid,
    Patient,
    RadialEncoder,
    Reconstruction,
    Sorting,
    acquire,
    by_frame,
    field_of,
    full,
    object_grid,
    prospective,
    reconstruct,
    segments,
    shimmed,
    sort,
    uniform,
)
from marey.scan.mr.acquisition.biot_savart import circle, magnetic_field
from marey.scan.mr.acquisition.coils import receive_field
from marey.scan.mr.acquisition.fourier import lines_to_image, readout_to_image, to_image, to_kspace
from marey.scan.mr.acquisition.magnetisation import read_out
from marey.scan.mr.acquisition.noise import complex_noise, measured_covariance
from marey.scan.mr.acquisition.reconstruct import (
    adaptive_maps,
    conjugate_gradients,
    homodyne,
    prewhitened,
    projections,
    root_sum_of_squares,
)
from marey.scan.mr.acquisition.sampling import Lines
from mr_phantoms import Complex, Slice, axial, chest, plane

ENCODING = Encoding((320.0, 360.0), (80, 96), 0.93, 1)


@pytest.fixture(scope="module")
def scene() -> Slice:
    return axial(ENCODING)


def noisy(rng: np.random.Generator, shape: tuple[int, ...]) -> Complex:
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)


def alone(encoding: Encoding, per_field: tuple[int, int]) -> CartesianEncoder:
    """An encoder of one even coil."""
    return CartesianEncoder(encoding, np.ones((1, *per_field), np.complex64), per_field)


def test_field_on_the_axis_of_a_circular_loop() -> None:
    radius, along = 50.0, np.array([0.0, 20.0, 60.0, 150.0])
    points = np.stack([0 * along, 0 * along, along], axis=1)
    field = magnetic_field(circle(np.zeros(3), np.array([0.0, 0.0, 1.0]), radius, 96), points, wire_radius=0.0)
    expected = 4e-7 * np.pi / 2 * 1e3 * radius**2 / (radius**2 + along**2) ** 1.5
    assert np.allclose(field[:, 2], expected, rtol=1e-3)
    assert np.abs(field[:, :2]).max() < 1e-6 * expected.max()


def test_interpolated_sensitivities_are_those_of_biot_savart_within_the_body(scene: Slice) -> None:
    grid = plane(scene.reduced.shape, scene.reduced.pixel(ENCODING))
    index = np.stack(np.meshgrid([0], *map(np.arange, grid.shape[1:]), indexing="ij"), -1)[0]
    points = grid.world(index)
    body = (points[..., 1] / 100) ** 2 + (points[..., 0] / 150) ** 2 < 1
    exact = receive_field(scene.array.loops, points[body])
    scale = np.linalg.norm(receive_field(scene.array.loops, np.zeros((1, 3))))
    error = np.abs(scene.maps[:, body] - exact / scale)
    assert error.max() < 1e-4 * np.abs(exact / scale).max()
    assert np.sqrt((error**2).mean()) < 1e-5


@pytest.mark.parametrize("oversampling", [1, 2])
@pytest.mark.parametrize("extent", [(1.0, 1.0), (1.5, 1.25), (2.5, 2.0)])
def test_encoding_has_its_exact_adjoint(extent: tuple[float, float], oversampling: int) -> None:
    rng = np.random.default_rng(1)
    scene = axial(Encoding((300.0, 320.0), (33, 40), 0.9, oversampling), 4, extent)
    image = noisy(rng, scene.reduced.shape)
    samples = noisy(rng, (4, 33, 40 * oversampling))
    there = np.vdot(samples.astype(complex), scene.encoder.forward(image))
    back = np.vdot(scene.encoder.adjoint(samples).astype(complex), image)
    assert abs(there - back) < 1e-5 * np.linalg.norm(samples) * np.linalg.norm(scene.encoder.forward(image))


def test_radial_encoding_has_its_exact_adjoint_and_is_the_sum_over_the_picture() -> None:
    rng = np.random.default_rng(2)
    encoding = Encoding((300.0, 300.0), (32, 32), 0.9, 2)
    maps = noisy(rng, (3, 40, 44))
    encoder = RadialEncoder(encoding, maps, (36, 36), np.array([0.0, 0.7, 2.1]))
    image, spokes = noisy(rng, (40, 44)), np.arange(3)
    samples = encoder.readouts(image, spokes)
    other = noisy(rng, samples.shape)
    assert np.vdot(other, samples) == pytest.approx(np.vdot(encoder.adjoint(other, spokes), image), rel=1e-4)
    k = encoder.trajectory(spokes).astype(float)
    row, column = np.meshgrid((np.arange(40) - 19.5) * 300 / 36, (np.arange(44) - 21.5) * 300 / 36, indexing="ij")
    waves = np.exp(-2j * np.pi * (k[..., 0, None, None] * row + k[..., 1, None, None] * column))
    exact = np.einsum("ksrx,crx->cks", waves, maps * image) * np.sqrt(32 * 64) / (36 * 36 * 2)
    assert np.abs(samples - exact).max() < 2e-4 * np.abs(exact).max()


def test_a_spoke_along_the_readout_is_the_central_line(scene: Slice) -> None:
    encoding = Encoding((320.0, 360.0), (80, 96), 0.93, 2)
    image = np.zeros(scene.reduced.shape, np.complex64)
    image[40:90, 30:100] = 1
    cartesian = CartesianEncoder(encoding, scene.maps, scene.reduced.per_field).forward(image)[:, 40]
    radial = RadialEncoder(encoding, scene.maps, scene.reduced.per_field, np.zeros(1)).readouts(image, np.zeros(1, int))
    assert np.abs(radial[:, 0] - cartesian).max() < 2e-4 * np.abs(cartesian).max()


def test_full_transform_keeps_energy() -> None:
    image = noisy(np.random.default_rng(3), (2, 30, 36))
    kspace = to_kspace(image, (30, 36))
    assert np.linalg.norm(kspace) == pytest.approx(np.linalg.norm(image), rel=1e-5)
    assert np.allclose(to_image(kspace, (30, 36)), image, atol=1e-5)


def test_a_point_has_the_point_spread_function_of_its_matrix() -> None:
    """Of one pixel on a fine grid, the picture is the Dirichlet kernel of the acquired lines, at any zero-filling."""
    lines, pixels, fine = 32, 128, 256
    image = np.zeros((fine, fine), np.complex64)
    image[100, 140] = 1
    picture = to_image(to_kspace(image, (lines, lines)), (pixels, pixels))
    place = (np.arange(pixels) + 0.5) / pixels
    kernels = []
    for point in (100.5 / fine, 140.5 / fine):
        x = place - point
        n = np.arange(lines) - lines // 2
        kernels.append(np.exp(2j * np.pi * np.outer(x, n)).sum(axis=1))
    expected = np.outer(*kernels) / fine / pixels
    assert np.abs(picture - expected).max() < 1e-5 * np.abs(expected).max()
    profile = np.abs(picture[:, 69])
    above = np.interp(np.linspace(0, pixels - 1, 20000), np.arange(pixels), profile) > profile.max() / 2
    assert above.mean() * lines == pytest.approx(1.207, abs=0.06)  # of a sinc, in acquired pixels


def test_truncation_overshoots_by_gibbs() -> None:
    image = np.zeros((256, 256), np.complex64)
    image[:, 64:192] = 1
    picture = to_image(to_kspace(image, (64, 64)), (512, 512)) * np.float32(512 / 256)
    assert np.abs(picture[256]).max() - 1 == pytest.approx(0.0895, abs=0.004)


def test_pictures_of_all_matrices_show_the_same_place() -> None:
    fine = np.zeros((240, 240), np.complex64)
    fine[70:110, 130:180] = 1
    for pixels in (40, 60, 81):
        picture = np.abs(to_image(to_kspace(fine, (40, 40)), (pixels, pixels))) ** 2
        weight = picture / picture.sum()
        place = (np.arange(pixels) + 0.5) / pixels
        assert (weight.sum(1) * place).sum() == pytest.approx(90 / 240, abs=0.002)
        assert (weight.sum(0) * place).sum() == pytest.approx(155 / 240, abs=0.002)


def test_what_lies_outside_the_field_of_view_folds_along_phase_encoding_only() -> None:
    encoding = Encoding((200.0, 200.0), (40, 40), 0.9, 2)
    grid = ObjectGrid((80, 60), (40, 40))
    encoder = CartesianEncoder(encoding, np.ones((1, *grid.shape), np.complex64), grid.per_field)
    image = np.zeros(grid.shape, np.complex64)
    image[5, 30], image[40, 2] = 1, 1  # beyond the field along rows; beyond it along columns
    hybrid = readout_to_image(encoder.forward(image)[0], 40)
    picture = np.abs(lines_to_image(hybrid, np.arange(40), 40))
    assert np.argwhere(picture > 0.5).tolist() == [[25, 20]]


def test_fat_moves_by_its_shift_over_the_bandwidth() -> None:
    encoding = Encoding((200.0, 200.0), (64, 64), 0.44, 1)
    grid = ObjectGrid((128, 128), (128, 128))
    row = np.hypot(*np.meshgrid(np.arange(128) - 63.5, np.arange(128) - 63.5)) < 20
    pictures = []
    for off_resonance in (0.0, -0.22):
        seen = read_out(Magnetisation(row[None].astype(np.complex64), (off_resonance,)), encoding, grid, grid)
        pictures.append(np.abs(to_image(to_kspace(seen, (64, 64)), (640, 640))).sum(axis=0))
    places = [(p**2 @ np.arange(640)) / (p**2).sum() / 10 for p in pictures]
    assert places[1] - places[0] == pytest.approx(0.22 / 0.44, abs=0.01)  # half an acquired pixel


def test_precession_shifts_k_space_by_the_sign_of_the_transform() -> None:
    """S(t) = sum m exp(2 pi i (f t - k x)): f > 0 is a shift to smaller x, by f / bandwidth pixels."""
    encoding = Encoding((200.0, 200.0), (64, 64), 0.5, 1)
    grid = ObjectGrid((64, 64), (64, 64))
    values = np.zeros((1, 64, 64), np.complex64)
    values[0, 32, 40] = 1
    seen = read_out(Magnetisation(values, (1.0,)), encoding, grid, grid)
    assert np.argwhere(np.abs(seen) > 0.5).tolist() == [[32, 38]]


def test_t2_star_blurs_as_a_lorentzian() -> None:
    """The point's profile along the readout is the transform of the decay over the sampled interval."""
    encoding = Encoding((200.0, 200.0), (64, 64), 0.25, 1)
    grid = ObjectGrid((64, 64), (64, 64))
    values = np.zeros((1, 64, 64), np.complex64)
    values[0, 32, 32] = 1
    seen = read_out(Magnetisation(values, (0.0,), (2.0,)), encoding, grid, grid)
    n = np.arange(64) - 32
    expected = (np.exp(-encoding.sample_times / 2.0) * np.exp(2j * np.pi * np.outer(np.arange(64) - 32, n) / 64)).mean(
        1
    )
    assert np.allclose(seen[32], expected, atol=1e-5)


def test_field_map_by_few_moments_is_the_sum_over_the_object() -> None:
    rng = np.random.default_rng(5)
    encoding = Encoding((200.0, 200.0), (48, 48), 0.4, 1)
    grid = ObjectGrid((48, 48), (48, 48))
    values = noisy(rng, (1, 48, 48))
    ramp = np.broadcast_to(np.linspace(-0.1, 0.15, 48, dtype=np.float32), (48, 48))
    seen = to_kspace(read_out(Magnetisation(values, field_map=ramp), encoding, grid, grid), (48, 48))
    n, x = np.arange(48) - 24, np.arange(48) - 23.5
    along = np.exp(2j * np.pi * (encoding.sample_times[:, None] * ramp[0] - np.outer(n, x) / 48))
    across = np.exp(-2j * np.pi * np.outer(n, x) / 48)
    exact = across @ values[0] @ along.T / 48
    assert np.linalg.norm(seen - exact) < 2e-3 * np.linalg.norm(exact)


def test_reading_out_before_the_coils_is_nearly_exact(scene: Slice) -> None:
    """Fat displaced by a quarter of a pixel and weighted there, against weighting it where it is."""
    still = chest(scene)
    fat = Magnetisation(still.values[1:], (-0.22,), (40.0,))
    fast = scene.encoder.forward(read_out(fat, ENCODING, scene.grid, scene.reduced))
    plain = read_out(Magnetisation(still.values[1:]), ENCODING, scene.grid, scene.reduced)
    times = ENCODING.sample_times
    exact = scene.encoder.forward(plain) * np.exp((-2j * np.pi * 0.22 - 1 / 40) * times)
    assert np.linalg.norm(fast - exact) < 0.02 * np.linalg.norm(exact)


def test_the_reduced_grid_loses_nothing_that_the_coils_could_move_into_the_band(scene: Slice) -> None:
    still = Magnetisation(chest(scene).values[:1])
    few = scene.encoder.forward(read_out(still, ENCODING, scene.grid, scene.reduced))
    fine = axial(ENCODING, finer=2.0)
    maps = np.array([to_fine(part, scene.grid.shape) for part in scene.maps])
    encoder = CartesianEncoder(ENCODING, maps, fine.grid.per_field)
    whole = encoder.forward(still.values[0])
    assert np.linalg.norm(few - whole) < 3e-3 * np.linalg.norm(whole)


def to_fine(maps: Complex, shape: tuple[int, int]) -> Complex:
    rows, columns = (make_interp_spline((np.arange(n) + 0.5) / n, np.eye(n)) for n in maps.shape)
    at = [(np.arange(n) + 0.5) / n for n in shape]
    return np.asarray(rows(at[0]) @ maps @ columns(at[1]).T, np.complex64)


def test_noise_scan_gives_back_the_covariance(scene: Slice) -> None:
    noise = complex_noise(np.random.default_rng(6), scene.array.noise_covariance, 0.3, (40000,))
    expected = 2 * 0.3**2 * scene.array.noise_covariance
    assert np.abs(measured_covariance(noise) - expected).max() < 0.03 * np.abs(expected).max()
    white = prewhitened(KSpace(noise, np.zeros((40000, 2), np.float32), np.array(0.0), expected, 1.0))
    found = measured_covariance(white.samples)
    assert np.abs(found - 2 * 0.3**2 * np.eye(8)).max() < 0.03 * 0.18


def test_magnitude_of_noise_is_rician() -> None:
    """Of one coil: Rayleigh without signal, Rician second and fourth moment with it."""
    deviation, signal = 0.2, 0.5
    rng = np.random.default_rng(7)
    encoder = alone(ENCODING, (80, 96))
    samples = encoder.forward(np.full((80, 96), signal, np.complex64))
    noise = complex_noise(rng, np.eye(1, dtype=complex), deviation, (6, 80, 96))
    seen = noise + samples[:, None] * np.array([0, 1] * 3, np.float32)[:, None, None]
    kspace = KSpace(seen, ENCODING.trajectory(full(80))[None],
                    np.zeros((6, 80)), np.full((1, 1), 2 * deviation**2, np.complex128), 1.0)  # fmt: skip
    magnitude = np.abs(reconstruct(kspace, full(80), ENCODING, Reconstruction((80, 96))))
    assert magnitude[::2].mean() == pytest.approx(deviation * np.sqrt(np.pi / 2), rel=0.01)
    assert (magnitude[1::2] ** 2).mean() == pytest.approx(signal**2 + 2 * deviation**2, rel=0.01)
    fourth = signal**4 + 8 * signal**2 * deviation**2 + 8 * deviation**4
    assert (magnitude[1::2] ** 4).mean() == pytest.approx(fourth, rel=0.015)


def folded(scene: Slice, lines: Lines) -> tuple[KSpace, Complex]:
    """The chest's k-space of some lines, its weighted picture, and the sensitivities on the picture's pixels."""
    samples = scene.encoder.forward(read_out(chest(scene), ENCODING, scene.grid, scene.reduced))
    return KSpace(samples[:, None, lines], ENCODING.trajectory(lines)[None], np.zeros((1, lines.size)),
                  np.zeros((8, 8), complex), 1.0), samples  # fmt: skip


@pytest.mark.parametrize(("acceleration", "limit"), [(2, 0.01), (4, 0.06)])
def test_grappa_without_noise_is_the_full_scan(scene: Slice, acceleration: int, limit: float) -> None:
    setting = Reconstruction((80, 96))
    whole = np.abs(reconstruct(folded(scene, full(80))[0], full(80), ENCODING, setting))[0]
    lines = uniform(80, acceleration, 24)
    picture = np.abs(reconstruct(folded(scene, lines)[0], lines, ENCODING, setting))[0]
    assert np.linalg.norm(picture - whole) < limit * np.linalg.norm(whole)


def test_sense_without_noise_is_the_object() -> None:
    encoding = Encoding((320.0, 360.0), (48, 56), 0.93, 1)
    scene = axial(encoding, extent=(1.0, 1.0), finer=1.0)
    row, column = scene.places()
    truth = np.where((row / 100) ** 2 + (column / 150) ** 2 < 1, 1 + row / 300, 0).astype(np.complex64)
    inside = truth != 0
    assert scene.reduced.shape == (48, 56)
    keep = np.zeros(48, bool)
    keep[uniform(48, 3)] = True

    def forward(image: Complex) -> Complex:
        return np.asarray(scene.encoder.forward(image * inside) * keep[:, None], np.complex64)

    def adjoint(samples: Complex) -> Complex:
        return np.asarray(scene.encoder.adjoint(samples * keep[:, None]) * inside, np.complex64)

    found = conjugate_gradients(forward, adjoint, forward(truth), iterations=80)
    assert np.linalg.norm(found - truth) < 5e-3 * np.linalg.norm(truth)


def test_partial_fourier_of_a_real_object_is_the_full_scan() -> None:
    scene = axial(ENCODING, extent=(1.0, 1.0))
    whole = to_kspace(chest(scene).values[0].astype(np.complex64), (80, 96))
    truth = to_image(whole, (80, 96)).real
    part = whole.copy()
    part[:20] = 0
    zero = np.abs(to_image(part, (80, 96)))
    found = homodyne(part, 20)
    size = np.linalg.norm(truth)
    error, before = np.linalg.norm(np.abs(found) - np.abs(truth)) / size, np.linalg.norm(zero - np.abs(truth)) / size
    assert error < 0.01
    assert before > 0.03
    assert np.linalg.norm(np.abs(projections(part, 20)) - np.abs(truth)) / size < 0.5 * before


def test_a_still_object_does_not_know_its_gating(scene: Slice) -> None:
    rng = np.random.default_rng(8)
    r_waves = np.cumsum(np.r_[0, rng.uniform(600, 1200, 40)])
    still = chest(scene)
    schedule = prospective(Patient(r_waves, BreathHold(drift=0.001), 900.0), rng, segments(full(80), 10), 3.0, 3)
    raw = acquire(lambda _time, _breath: still, schedule, scene.encoder, scene.grid, rng,
                  noise_covariance=scene.array.noise_covariance, noise=0.0, time_step=1e4, breath_step=1e4)  # fmt: skip
    frames = sort(raw, by_frame(schedule))
    expected = scene.encoder.forward(read_out(still, ENCODING, scene.grid, scene.reduced))
    assert np.abs(frames.samples - expected[:, None]).max() < 1e-6 * np.abs(expected).max()


def test_motion_in_every_other_beat_makes_a_ghost_at_half_the_field_of_view() -> None:
    encoding = Encoding((200.0, 200.0), (64, 64), 0.9, 1)
    grid = object_grid(encoding, 1, (1.0, 1.0))
    encoder = alone(encoding, grid.per_field)
    rng = np.random.default_rng(9)
    patient = Patient(np.arange(0, 72_000.0, 900.0), BreathHold(), 900.0)
    schedule = prospective(patient, rng, segments(full(64), 32), 3.0, 1)  # two beats: odd and even lines
    ball = np.hypot(*np.meshgrid(np.arange(64) - 31.5, np.arange(64) - 31.5, indexing="ij")) < 6

    def states(_time: float, breath: float) -> Magnetisation:
        shifted = np.roll(ball, round(breath), axis=0)
        return Magnetisation(shifted[None].astype(np.complex64))

    moved = np.where(schedule.clock > 900, 3.0, 0.0)
    schedule = type(schedule)(**{**vars(schedule), "breath": moved})
    raw = acquire(states, schedule, encoder, grid, rng, noise_covariance=np.eye(1, dtype=complex), noise=0.0)
    kspace = sort(raw, by_frame(schedule))
    picture = np.abs(reconstruct(kspace, full(64), encoding, Reconstruction((64, 64))))[0]
    # odd lines see the moved ball: the ghost is half the difference of both, half a field of view away.
    difference = np.abs(ball.astype(float) - np.roll(ball, 3, axis=0)) / 2
    assert np.corrcoef(np.roll(picture, 32, axis=0)[16:48].ravel(), difference[16:48].ravel())[0, 1] > 0.95
    assert picture[:12].max() > 0.4


def test_sphere_in_the_main_field_is_a_dipole() -> None:
    """dB/B0 = chi / 3 (a / r)^3 (3 cos^2 - 1) outside, 0 inside."""
    axes = np.meshgrid(*(np.arange(64) - 31.5,) * 3, indexing="ij")
    radius = np.sqrt(sum(a**2 for a in axes))
    susceptibility = np.where(radius < 12, 1.0, 0.0).astype(np.float32)
    field = field_of(susceptibility, (1.0, 1.0, 1.0), surroundings=0.0)
    expected = (12 / radius) ** 3 / 3 * (3 * (axes[0] / radius) ** 2 - 1)
    outside = (radius > 15) & (radius < 26)
    assert np.sqrt(((field - expected)[outside] ** 2).mean()) < 0.03 * np.abs(expected[outside]).max()
    assert np.abs(field[radius < 9]).max() < 0.03


def test_shim_takes_off_what_it_can() -> None:
    axes = np.meshgrid(*(np.linspace(-1, 1, 12),) * 3, indexing="ij")
    field = (0.3 + axes[0] - 2 * axes[1] * axes[2] + axes[2] ** 2).astype(np.float32)
    inside = np.ones(field.shape, bool)
    assert np.abs(shimmed(field, inside)).max() < 1e-5
    assert shimmed(field, inside, 0).mean() == pytest.approx(0, abs=1e-6)
    assert np.abs(shimmed(field, inside, 1)).max() > 0.5


def test_sorting_interpolates_lines_linearly() -> None:
    rng = np.random.default_rng(10)
    samples = noisy(rng, (2, 4, 6))
    kspace = KSpace(samples, np.zeros((4, 6, 2), np.float32), np.arange(4.0), np.eye(2, dtype=complex), 1.0)
    sorting = Sorting(np.array([0]), np.array([[1]]), np.array([[3]]), np.array([[0.25]], np.float32), np.zeros(1))
    assert np.allclose(sort(kspace, sorting).samples[:, 0, 0], 0.75 * samples[:, 1] + 0.25 * samples[:, 3])


@pytest.mark.parametrize("coils", [8, 16])
def test_adaptive_combination_is_the_sum_of_squares_in_the_body(coils: int) -> None:
    """A phase that turns about a point would leave a dark dot."""
    scene = axial(ENCODING, coils)
    row, column = scene.places()
    body = ((row / 100) ** 2 + (column / 150) ** 2 < 1)[None].astype(np.complex64)
    seen = read_out(Magnetisation(body), ENCODING, scene.grid, scene.reduced)
    images = to_image(scene.encoder.forward(seen), (80, 96))
    combined = np.abs((adaptive_maps(images).conj() * images).sum(axis=0))
    row, column = np.meshgrid((np.arange(80) - 39.5) * 4, (np.arange(96) - 47.5) * 3.75, indexing="ij")
    inside = (row / 90) ** 2 + (column / 140) ** 2 < 1
    assert (combined / root_sum_of_squares(images))[inside].min() > 0.97
