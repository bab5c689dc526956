"""What must balance over a beat: blood, the two stroke volumes, energy."""

from dataclasses import dataclass

import numpy as np

from marey.simulate.circulation._kernels import CHAMBERS, COMPARTMENTS, TIGHT, VALVES
from marey.simulate.circulation.closed_loop import beds, valves
from marey.simulate.circulation.loop import Loop
from marey.simulate.mechanics.interface import Array


@dataclass(frozen=True)
class Balance:
    """Relative errors of one beat; integrals over time by the trapezoidal rule, so they fall with the step squared.

    Args:
        blood: largest deviation of the total volume from `blood_volume`, over the latter.
        compartments: largest difference between a compartment's change of volume and its net inflow, over the
            stroke volume.
        strokes: difference of the net volumes through the aortic and the pulmonary valve, over their mean.
        energy: work by the four chambers, minus what resistances, impedances and valves dissipate, minus what
            compliances and inertances gain, over the work.
        work: by the four chambers, kPa mm3 = uJ.
    """

    blood: float
    compartments: float
    strokes: float
    energy: float
    work: float


def balance(loop: Loop) -> Balance:
    """The balances of one beat; it must be periodic for `strokes` to be small."""
    times, volumes, flows = loop.times, loop.volumes.values, loop.flows.values
    net: Array = np.asarray(np.trapezoid(flows, times, axis=1))
    total = loop.circulation.blood_volume
    change = volumes[:, -1] - volumes[:, 0]
    stroke = 0.5 * (net[1] + net[5])
    work = _chamber_work(loop)
    return Balance(
        blood=float(np.abs(volumes.sum(axis=0) / total - 1.0).max()),
        compartments=float(np.abs(change - (np.roll(net, 1) - net)).max() / abs(stroke)),
        strokes=float(abs(net[1] - net[5]) / abs(stroke)),
        energy=float(abs(work - _valve_work(loop) - _vessel_work(loop)) / abs(work)),
        work=work,
    )


def _chamber_work(loop: Loop) -> float:
    """Work of the chambers on the blood: over a beat minus the integral of p dV, with dV the net inflow."""
    flows, pressures = loop.flows.values, loop.pressures.values
    outflow = flows - np.roll(flows, 1, axis=0)
    return sum(float(np.trapezoid(pressures[k] * outflow[k], loop.times)) for k in CHAMBERS)


def _valve_work(loop: Loop) -> float:
    """Bernoulli losses, and work against the inertance of blood in valves whose area changes."""
    density, spent = loop.circulation.blood_density, 0.0
    for k, valve, opening in zip(VALVES, valves(loop.circulation), loop.openings.values, strict=True):
        q = loop.flows.values[k]
        area = np.maximum(valve.leak_area + (valve.area - valve.leak_area) * opening, TIGHT)
        spent += float(np.trapezoid(0.5 * density * np.abs(q) ** 3 / area**2, loop.times))
        spent += _against_inertance(density * valve.length / area, q)
    return spent


def _vessel_work(loop: Loop) -> float:
    """Losses in resistances and impedances, and the gain of compliances and inertances."""
    flows, spent = loop.flows.values, 0.0
    for name, bed in beds(loop.circulation).items():
        k = COMPARTMENTS.index(name)
        loss = bed.resistance * flows[k] ** 2 + bed.impedance * flows[k - 1] ** 2
        stretched = loop.volumes.values[k, [0, -1]] - bed.unstressed
        spent += float(np.trapezoid(loss, loop.times)) + float(np.diff(stretched**2)[0]) / (2.0 * bed.compliance)
        spent += _against_inertance(np.full_like(flows[k], bed.inertance), flows[k])
    return spent


def _against_inertance(inertance: Array, flow: Array) -> float:
    return float((0.25 * (inertance[1:] + inertance[:-1]) * np.diff(flow**2)).sum())


__all__ = ["Balance", "balance"]
