"""The ventricular action potential as a template, and how its duration varies over the heart.

``V(t) = rest + amplitude * (u(t - T) - d(t - T - APD))``: an upstroke at the activation time T and a repolarisation
90 % of which is over at T + APD. Both go from 0 to 1; written as a difference, each voxel adds to an ECG through its T
and through its T + APD alone. The asymmetric fall is Richards' curve. A T wave from the times of repolarisation alone:
van Oosterom 2001, J Electrocardiol 34 Suppl:217, doi:10.1054/jelc.2001.28896.
"""

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import mm, ms, mV, s

FloatArray = NDArray[np.float64]

RAMANATHAN = "10.1073/pnas.0601533103, healthy people"
INSERTION = pi / 3
"""Rotational coordinate of the right ventricle's insertions, on both sides of the septum."""

BLEND = 0.25
"""Radians on either side of an insertion over which septum turns into free wall."""


@dataclass(frozen=True)
class ActionPotential(Parameters):
    """Shape of the transmembrane potential."""

    rest: float = parameter(-85 * mV, -100 * mV, -60 * mV, "mV", "textbook value")
    amplitude: float = parameter(105 * mV, 60 * mV, 140 * mV, "mV", "textbook value: rest to plateau")
    upstroke: float = parameter(
        1.0 * ms, 0.2 * ms, 10 * ms, "ms", "textbook value: 10 to 90 % on a whole cell's membrane"
    )
    slow_fall: float = parameter(45 * ms, 10 * ms, 120 * ms, "ms", "time constant of the plateau's end; textbook shape")
    fast_fall: float = parameter(14 * ms, 3 * ms, 60 * ms, "ms", "time constant of phase 3's end; textbook shape")
    velocity: float = parameter(
        0.4 * mm / ms, 0.1 * mm / ms, 2.0 * mm / ms, "m/s", "slow conduction: widens the upstroke on coarse voxels"
    )


def upstroke(law: ActionPotential, since: FloatArray, spacing: float) -> FloatArray:
    """Rise from 0 to 1 about time 0, at least as wide as the front needs to cross a voxel.

    A front that is sharper than the voxels makes them fire one by one, which is heard as noise in the ECG.

    Args:
        law: the template.
        since: ms after activation.
        spacing: mm of the voxels.
    """
    width = np.hypot(law.upstroke, spacing / law.velocity)
    return np.asarray(0.5 * (1 + np.tanh(2.2 * since / width)), np.float64)


def repolarisation(law: ActionPotential, since: FloatArray) -> FloatArray:
    """Rise from 0 to 1, at 0.9 at time 0: slow at first, fast at last."""
    power = law.slow_fall / law.fast_fall
    shift = np.log(0.1 ** (-1 / power) - 1) if power > 0 else 0.0
    argument = np.clip(since / law.fast_fall + shift, -200, 200)
    return np.asarray(1 - (1 + np.exp(argument)) ** (-power), np.float64)


def transmembrane_potential(
    law: ActionPotential, since: FloatArray, duration: FloatArray, spacing: float
) -> FloatArray:
    """MV at times ``since`` (ms) after activation for action potentials that last `duration` ms (90 %)."""
    return law.rest + law.amplitude * (upstroke(law, since, spacing) - repolarisation(law, since - duration))


@dataclass(frozen=True)
class DurationGradients(Parameters):
    """Action potential duration (90 %) over the ventricles, linear in the ventricular coordinates.

    Args:
        mean: in the middle of the left ventricle's wall.
        transmural: epicardium less endocardium in the free wall of the left ventricle. The septum has an endocardium on
            both sides and the right ventricle's wall is too thin for its layers to differ: there it is 0.
        apicobasal: base less apex.
        right_minus_left: free wall of the right ventricle less left ventricle.
    """

    mean: float = parameter(0.275 * s, 0.15 * s, 0.45 * s, "ms", "textbook value at 60 to 70 beats a minute")
    transmural: float = parameter(
        0 * ms, -80 * ms, 80 * ms, "ms", "none was measured in man: 10.1016/s0008-6363(01)00223-1"
    )
    apicobasal: float = parameter(36 * ms, -80 * ms, 80 * ms, "ms", f"fitted; measured 42: {RAMANATHAN}")
    right_minus_left: float = parameter(
        12 * ms, -80 * ms, 80 * ms, "ms", f"fitted to a flat T wave in V1; measured -32: {RAMANATHAN}"
    )


def durations(
    law: DurationGradients,
    transmural: FloatArray,
    apicobasal: FloatArray,
    rotational: FloatArray,
    right: NDArray[np.bool_],
) -> FloatArray:
    """Action potential duration in every voxel.

    Args:
        law: mean and differences.
        transmural: (n,) 0 at the endocardium, 1 at the epicardium.
        apicobasal: (n,) 0 at the apex, 1 at the base.
        rotational: (n,) radians around the axis, 0 in the middle of the septum.
        right: (n,) whether the voxel belongs to the free wall of the RV.

    Returns:
        (n,) ms.

    Raises:
        InvalidInput: coordinates that leave 0 to 1.
    """
    for name, values in (("transmural", transmural), ("apicobasal", apicobasal)):
        if not ((values >= -1e-6) & (values <= 1 + 1e-6)).all():
            raise InvalidInput(
                f"The {name} coordinate runs from {np.min(values):.3g} to {np.max(values):.3g}.",
                "It must lie between 0 and 1.",
                "Check which coordinate was given.",
            )
    free = np.clip(0.5 + (np.abs(rotational) - INSERTION) / (2 * BLEND), 0.0, 1.0) * ~right
    shape = law.transmural * (transmural - 0.5) * free + law.apicobasal * (apicobasal - 0.5)
    return np.asarray(law.mean + shape + law.right_minus_left * right, np.float64)


__all__ = [
    "ActionPotential", "DurationGradients", "durations", "repolarisation", "transmembrane_potential", "upstroke",
]  # fmt: skip
