"""Mean flow and pressure in a coronary tree: fractional flow reserve at every segment.

Friction of tapered tubes (Poiseuille) and the losses of stenoses (Young and Tsai 1973,
doi:10.1016/0021-9290(73)90099-7, with the viscous coefficient of Seeley and Young 1976,
J. Biomech. 9:439); outlets that share the resting flow as radius^2.7, widened by adenosine (Taylor et
al. 2013, doi:10.1016/j.jacc.2012.11.083). Pressures are total pressures: the kinetic head, about 0.2 mmHg, is lost only
behind stenoses. Means over the beat, so inertia (Ku) has no part.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.parameter import Parameters, parameter
from marey.core.units import Pa, g, minute, mL, mmHg, s
from marey.simulate.flow.coronary._kernels import solve_tree
from marey.simulate.flow.coronary.tree import Lesion, Tree

Reals = NDArray[np.float64]
MOST_ITERATIONS = 100


@dataclass(frozen=True)
class CoronaryParameters(Parameters):
    """What a tree is perfused with and through."""

    aortic_pressure: float = parameter(
        95 * mmHg, 40 * mmHg, 160 * mmHg, "mmHg", "textbook value: mean arterial pressure"
    )
    venous_pressure: float = parameter(
        5 * mmHg, 0 * mmHg, 25 * mmHg, "mmHg", "textbook value: mean right atrial pressure"
    )
    viscosity: float = parameter(
        0.004 * Pa * s, 0.0025 * Pa * s, 0.008 * Pa * s, "Pa*s", "textbook value: blood at high shear"
    )
    density: float = parameter(1.06 * g / mL, 1.0 * g / mL, 1.1 * g / mL, "g/mL", "textbook value")
    mass: float = parameter(120 * g, 5 * g, 500 * g, "g", "textbook value: most of a left ventricle")
    perfusion: float = parameter(
        0.9 * mL / minute / g,
        0.3 * mL / minute / g,
        2.0 * mL / minute / g,
        "mL/min/g",
        "0.7 in the young, Sdringola 2011 doi:10.1016/j.jcmg.2011.02.008; about 1 in adults, PMC3841470",
    )
    hyperaemia: float = parameter(
        0.24,
        0.1,
        1.0,
        "1",
        "resistance under adenosine over that at rest; Wilson 1990 doi:10.1161/01.CIR.82.5.1595",
    )
    wave_free: float = parameter(0.7, 0.3, 1.0, "1", "assumption: resistance in mid-diastole over its mean, at rest")
    outlet_exponent: float = parameter(
        2.7, 2.0, 3.0, "1", "flow against radius of outlets; doi:10.1016/j.jacc.2012.11.083"
    )
    expansion_loss: float = parameter(1.52, 1.0, 2.0, "1", "Kt, doi:10.1016/0021-9290(73)90099-7")


STANDARD = CoronaryParameters()


@dataclass(frozen=True, eq=False)
class TreeFlow:
    """Flow and pressure of each segment.

    Args:
        flow: (segment,) mm3/ms.
        inlet_pressure, outlet_pressure: (segment,) kPa.
        ratio: (segment,) outlet pressure over aortic pressure.
        outlet_resistance: (segment,) kPa ms/mm3 behind leaves, infinite elsewhere.
    """

    flow: Reals
    inlet_pressure: Reals
    outlet_pressure: Reals
    ratio: Reals
    outlet_resistance: Reals


def perfuse(tree: Tree, parameters: CoronaryParameters = STANDARD, dilation: float = 1.0) -> TreeFlow:
    """Flow through a tree.

    Args:
        tree: geometry and lesions.
        parameters: of blood and heart.
        dilation: factor on the resting resistance of the small vessels.

    Raises:
        InvalidInput: a dilation that is not positive, a venous pressure that is not below the aortic.
        NotAnalysable: the iteration did not end.
    """
    p = parameters
    if not 0 < dilation < np.inf or not p.venous_pressure < p.aortic_pressure:
        raise InvalidInput(
            f"Resistances are scaled by {dilation:g}, venous over aortic is {p.venous_pressure / p.aortic_pressure:g}.",
            "The factor must be positive, the aortic pressure above the venous.",
            "Correct the settings of the coronary tree.",
        )
    outlet = np.full(tree.parent.size, np.inf)
    share = tree.outlet_radius[tree.leaves] ** p.outlet_exponent
    resting = p.mass * p.perfusion * share / share.sum()
    outlet[tree.leaves] = dilation * (p.aortic_pressure - p.venous_pressure) / resting
    R, S = losses(tree, p)
    flow, pressure, iterations = solve_tree(
        tree.order, tree.parent.astype(np.int64), R, S, outlet, p.aortic_pressure, p.venous_pressure, MOST_ITERATIONS
    )
    if iterations < 0:
        raise NotAnalysable(
            f"The flow in the tree did not settle in {MOST_ITERATIONS} iterations.",
            "It should in about ten.",
            "Check the lesions of the tree.",
        )
    upstream = np.where(tree.parent < 0, p.aortic_pressure, pressure[tree.parent])
    return TreeFlow(flow, upstream, pressure, pressure / p.aortic_pressure, outlet)


def ffr(tree: Tree, parameters: CoronaryParameters = STANDARD) -> Reals:
    """(segment,) fractional flow reserve at each segment's outlet: pressure over aortic pressure under hyperaemia."""
    return perfuse(tree, parameters, parameters.hyperaemia).ratio


def resting_index(tree: Tree, parameters: CoronaryParameters = STANDARD) -> Reals:
    """(segment,) pressure over aortic pressure in mid-diastole at rest, a steady stand-in for iFR."""
    return perfuse(tree, parameters, parameters.wave_free).ratio


def ratio_at(
    tree: Tree, flow: TreeFlow, segment: int, position: float, parameters: CoronaryParameters = STANDARD
) -> float:
    """Pressure over aortic pressure at a position (0 to 1) of a segment; a lesion's loss counts from its centre on.

    Raises:
        InvalidInput: a segment that does not exist, a position outside 0 to 1.
    """
    if not (0 <= segment < tree.parent.size and 0 <= position <= 1):
        raise InvalidInput(
            f"Position {position:g} of segment {segment} was asked for.",
            f"There are segments 0 to {tree.parent.size - 1}, positions 0 to 1.",
            "Correct the place.",
        )
    Q = flow.flow[segment]
    R = _friction(
        tree.length[segment] * position, tree.inlet_radius[segment], tree.radius(segment, position), parameters
    )
    loss = R * Q
    for lesion in (lesion for lesion in tree.lesions if lesion.segment == segment and lesion.position <= position):
        more, S = stenosis(tree, lesion, parameters)
        loss += more * Q + S * abs(Q) * Q
    return float((flow.inlet_pressure[segment] - loss) / parameters.aortic_pressure)


def losses(tree: Tree, parameters: CoronaryParameters) -> tuple[Reals, Reals]:
    """(R, S) of each segment in dP = R Q + S |Q| Q, kPa ms/mm3 and kPa ms2/mm6."""
    R = np.asarray(_friction(tree.length, tree.inlet_radius, tree.outlet_radius, parameters))
    S = np.zeros_like(R)
    for lesion in tree.lesions:
        more, loss = stenosis(tree, lesion, parameters)
        R[lesion.segment] += more
        S[lesion.segment] += loss
    return R, S


def stenosis(tree: Tree, lesion: Lesion, parameters: CoronaryParameters) -> tuple[float, float]:
    """(R, S) that a lesion adds to its segment; (0, 0) without narrowing.

    Friction of a length 0.83 L + 1.64 Ds at the narrow area, as Poiseuille's law writes it with (A0/As)^2, less that of
    the open lumen; loss Kt rho / 2 (1/As - 1/A0)^2 where the jet expands.
    """
    if lesion.stenosis == 0:
        return 0.0, 0.0
    D0 = 2 * tree.radius(lesion.segment, lesion.position)
    Ds = D0 * (1 - lesion.stenosis)
    A0, As = np.pi * D0**2 / 4, np.pi * Ds**2 / 4
    Kv = 32 * (0.83 * lesion.length + 1.64 * Ds) / D0 * (A0 / As) ** 2 - 32 * lesion.length / D0
    R = max(Kv, 0.0) * parameters.viscosity / (D0 * A0)
    return float(R), float(parameters.expansion_loss * parameters.density / 2 * (1 / As - 1 / A0) ** 2)


def _friction(length: Reals | float, start: Reals | float, end: Reals | float, parameters: CoronaryParameters) -> Reals:
    """Poiseuille's resistance of a cone: the mean of 1/r^4 along it has this closed form."""
    mean = (start**2 + start * end + end**2) / (3 * start**3 * end**3)
    return np.asarray(8 * parameters.viscosity * length / np.pi * mean)


__all__ = ["CoronaryParameters", "TreeFlow", "ffr", "losses", "perfuse", "ratio_at", "resting_index", "stenosis"]
