"""Material laws: consistent tangents, no stress at rest, closed forms."""

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.core.units import kPa
from marey.simulate.elasticity import Contraction, FibreTension, Guccione, HolzapfelOgden, Law, NeoHookean
from marey.simulate.elasticity.invariants import isochoric_first_invariant

FloatArray = NDArray[np.float64]
ACTIVATION = np.array([10.0, 40.0, np.inf, 0.0, 20.0])
LAWS = {
    "guccione": Guccione(),
    "holzapfel-ogden": HolzapfelOgden(),
    "neo-hookean": NeoHookean(),
    "contraction": Contraction().at(150.0, ACTIVATION),
    "sum": Guccione() + FibreTension(np.arange(5.0)),
    "scaled": HolzapfelOgden() * np.linspace(0.5, 4, 5),
}


def strains(seed: int = 0) -> FloatArray:
    """(5, 6) Green strains of moderate random deformations."""
    F = np.eye(3) + 0.15 * np.random.default_rng(seed).standard_normal((5, 3, 3))
    C = np.swapaxes(F, 1, 2) @ F
    E = (C - np.eye(3)) / 2
    return np.stack([E[:, 0, 0], E[:, 1, 1], E[:, 2, 2], 2 * E[:, 1, 2], 2 * E[:, 0, 2], 2 * E[:, 0, 1]], axis=1)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_tangent_is_the_derivative_of_the_stress_and_symmetric(law: Law) -> None:
    E, h = strains(), 1e-6
    _, D = law.stress(E)
    for column in range(6):
        step = h * np.eye(6)[column]
        difference = (law.stress(E + step)[0] - law.stress(E - step)[0]) / (2 * h)
        np.testing.assert_allclose(D[:, :, column], difference, rtol=1e-5, atol=1e-5 * np.abs(D).max())
    np.testing.assert_allclose(D, np.swapaxes(D, 1, 2), atol=1e-9 * np.abs(D).max())


@pytest.mark.parametrize("law", [Guccione(), HolzapfelOgden(), NeoHookean()], ids=["guccione", "ho", "neo"])
def test_no_stress_at_rest(law: Law) -> None:
    assert np.abs(law.stress(np.zeros((1, 6)))[0]).max() < 1e-12


def test_guccione_along_the_fibre() -> None:
    S, _ = Guccione(C=2.0, bf=8.0).stress(np.array([[0.1, 0, 0, 0, 0, 0]]))
    assert S[0, 0] == pytest.approx(2 * 8 * 0.1 * np.exp(8 * 0.1**2))
    assert np.abs(S[0, 1:]).max() == 0


def test_holzapfel_ogden_fibres_resist_stretch_only() -> None:
    law = HolzapfelOgden(a=0.001, af=20.0, as_=0.0, afs=0.0)
    long, short = law.stress(np.array([[0.1, 0, 0, 0, 0, 0], [-0.1, 0, 0, 0, 0, 0]]))[0][:, 0]
    assert long == pytest.approx(2 * 20 * np.exp(16.026 * 0.2**2) * 0.2, rel=1e-3)
    assert abs(short) < 0.05


def test_isochoric_invariant_does_not_see_a_change_of_volume() -> None:
    C = 2 * strains()[:, :3] + 1
    E = np.concatenate([strains()[:, :3], np.zeros((5, 3))], axis=1)
    larger = np.concatenate([(1.3 * C - 1) / 2, np.zeros((5, 3))], axis=1)
    np.testing.assert_allclose(isochoric_first_invariant(E)[0], isochoric_first_invariant(larger)[0], rtol=1e-12)


def test_tension_rises_and_falls_after_activation() -> None:
    law = Contraction(rise=100, fall=100, delay=0)
    tension = [law.at(t, np.array([20.0])).stress(np.zeros((1, 6)))[0][0, 0] for t in (0, 20, 70, 120, 170, 220, 300)]
    peak = 143 * (1 - np.exp(-4.75 * (1.88 - 1.58)))
    np.testing.assert_allclose(tension, [0, 0, peak / 2, peak, peak / 2, 0, 0], atol=1e-9)


def test_longer_sarcomeres_pull_harder_and_scar_does_not_pull() -> None:
    at = Contraction().at(150.0, np.array([0.0, 0.0, np.inf]))
    stress = at.stress(np.array([[0.0] * 6, [-0.1, 0, 0, 0, 0, 0], [0.0] * 6]))[0][:, 0]
    shorter = 1.88 * np.sqrt(0.8)
    pull = (1 - np.exp(-4.75 * (1.88 - 1.58))) / (1 - np.exp(-4.75 * (shorter - 1.58)))
    assert stress[0] / stress[1] == pytest.approx(0.8 * pull)
    assert stress[2] == 0


def test_contraction_goes_on_in_the_next_cycle() -> None:
    law = Contraction(rise=100, fall=100, delay=0)
    late = law.at(10.0, np.array([700.0]), period=800.0).stress(np.zeros((1, 6)))[0][0, 0]
    assert late == pytest.approx(law.at(810.0, np.array([700.0])).stress(np.zeros((1, 6)))[0][0, 0])
    assert late > 0


def test_parameters_outside_their_range_are_refused() -> None:
    with pytest.raises(InvalidInput, match="bf"):
        Guccione(bf=-1)
    with pytest.raises(InvalidInput, match="Tmax"):
        Contraction(Tmax=1000 * kPa)
