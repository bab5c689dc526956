"""One beat of the closed loop as curves, and the clinical numbers read from it."""

from dataclasses import dataclass

import numpy as np

from marey.core.errors import NotAnalysable
from marey.core.signal import Signal
from marey.core.units import mL
from marey.simulate.circulation._kernels import COMPARTMENTS, CONNECTIONS, OWN
from marey.simulate.circulation.closed_loop import Trace
from marey.simulate.circulation.parameters import Circulation
from marey.simulate.mechanics.interface import Array, Ventricles

LEAST_FORWARD = 1 * mL


@dataclass(frozen=True, eq=False)
class Loop:
    """One cycle of the circulation, from R wave to R wave; both ends are included.

    Args:
        circulation, ventricles: what was simulated, the circulation as the baroreflex left it.
        volumes, pressures: of the eight compartments, mm3 and kPa; that of the arteries is at their root.
        flows: through the four valves and out of the four vascular beds, mm3/ms.
        openings: of the four valves, 0 closed, 1 open.
        ventricular: extra outputs of the ventricles (septal bulge, fibre strains), in coherent units.
        trace: the states and scratch of the integration.
        beats: how many beats were simulated up to this one, it included.
        change: relative change of the state over this beat, see `marey.simulate.circulation.periodic`.
    """

    circulation: Circulation
    ventricles: Ventricles
    volumes: Signal
    pressures: Signal
    flows: Signal
    openings: Signal
    ventricular: Signal
    trace: Trace
    beats: int
    change: float

    @property
    def times(self) -> Array:
        """(time,) ms from the R wave."""
        return self.trace.times


@dataclass(frozen=True)
class Haemodynamics:
    """Clinical numbers of one beat, in coherent units (``edv / mL``, ``systolic_pressure / mmHg``).

    Args:
        edv, esv, rv_edv, rv_esv: largest and smallest volume of each ventricle, mm3.
        ef, rv_ef: (EDV - ESV) / EDV.
        stroke_volume: net volume through the aortic valve, mm3; total_stroke_volume: EDV - ESV of the left ventricle.
        cardiac_output: mm3/ms.
        systolic_pressure, diastolic_pressure, mean_arterial_pressure: at the root of the aorta, kPa.
        mean_pulmonary_pressure, lv_end_diastolic_pressure, rv_end_diastolic_pressure: kPa; end-diastole is the R wave.
        lv_peak_pressure, rv_peak_pressure, left_atrial_pressure, right_atrial_pressure: kPa; the atria's are means.
        dpdt_max, dpdt_min: of the left ventricle, kPa/ms.
        stroke_work, rv_stroke_work: area of the pressure-volume loop, kPa mm3 = uJ.
        aortic_gradient, mitral_gradient: mean pressure drop while blood flows forward, kPa.
        aortic_regurgitation, mitral_regurgitation, pulmonary_regurgitation, tricuspid_regurgitation: backward volume
            over forward volume.
    """

    edv: float
    esv: float
    ef: float
    rv_edv: float
    rv_esv: float
    rv_ef: float
    stroke_volume: float
    total_stroke_volume: float
    cardiac_output: float
    systolic_pressure: float
    diastolic_pressure: float
    mean_arterial_pressure: float
    mean_pulmonary_pressure: float
    lv_end_diastolic_pressure: float
    rv_end_diastolic_pressure: float
    lv_peak_pressure: float
    rv_peak_pressure: float
    left_atrial_pressure: float
    right_atrial_pressure: float
    dpdt_max: float
    dpdt_min: float
    stroke_work: float
    rv_stroke_work: float
    aortic_gradient: float
    mitral_gradient: float
    aortic_regurgitation: float
    mitral_regurgitation: float
    pulmonary_regurgitation: float
    tricuspid_regurgitation: float


def as_loop(circulation: Circulation, ventricles: Ventricles, trace: Trace, beats: int, change: float) -> Loop:
    """The curves of an integrated cycle."""
    names = tuple(CONNECTIONS[k] for k in (0, 1, 4, 5))
    states, seen, times = trace.states.T, trace.seen.T, trace.times
    return Loop(
        circulation,
        ventricles,
        Signal(states[:8], times, COMPARTMENTS, "mL"),
        Signal(seen[:8], times, COMPARTMENTS, "mmHg"),
        Signal(states[8:16], times, CONNECTIONS, "mL/s"),
        Signal(states[16:OWN], times, names, "1"),
        Signal(seen[8:], times, ventricles.names, "1"),
        trace,
        beats,
        change,
    )


def haemodynamics(loop: Loop) -> Haemodynamics:
    """Read the clinical numbers from a beat.

    Raises:
        NotAnalysable: a valve through which no blood runs forward.
    """
    _check_forward(loop)
    times, volumes, pressures, flows = loop.times, loop.volumes, loop.pressures, loop.flows
    lv, rv = volumes["left ventricle"], volumes["right ventricle"]
    p_lv, p_rv, p_ao = pressures["left ventricle"], pressures["right ventricle"], pressures["systemic arteries"]
    slope = np.gradient(p_lv, times)
    forward = _integral(flows["aortic"], times)
    period = float(times[-1])
    return Haemodynamics(
        edv=float(lv.max()),
        esv=float(lv.min()),
        ef=float(1.0 - lv.min() / lv.max()),
        rv_edv=float(rv.max()),
        rv_esv=float(rv.min()),
        rv_ef=float(1.0 - rv.min() / rv.max()),
        stroke_volume=forward,
        total_stroke_volume=float(np.ptp(lv)),
        cardiac_output=forward / period,
        systolic_pressure=float(p_ao.max()),
        diastolic_pressure=float(p_ao.min()),
        mean_arterial_pressure=_integral(p_ao, times) / period,
        mean_pulmonary_pressure=_integral(pressures["pulmonary arteries"], times) / period,
        lv_end_diastolic_pressure=float(p_lv[0]),
        rv_end_diastolic_pressure=float(p_rv[0]),
        lv_peak_pressure=float(p_lv.max()),
        rv_peak_pressure=float(p_rv.max()),
        left_atrial_pressure=_integral(pressures["left atrium"], times) / period,
        right_atrial_pressure=_integral(pressures["right atrium"], times) / period,
        dpdt_max=float(slope.max()),
        dpdt_min=float(slope.min()),
        stroke_work=-_integral(p_lv, lv),
        rv_stroke_work=-_integral(p_rv, rv),
        aortic_gradient=_gradient(p_lv - p_ao, flows["aortic"]),
        mitral_gradient=_gradient(pressures["left atrium"] - p_lv, flows["mitral"]),
        aortic_regurgitation=_backward(flows["aortic"], times),
        mitral_regurgitation=_backward(flows["mitral"], times),
        pulmonary_regurgitation=_backward(flows["pulmonary"], times),
        tricuspid_regurgitation=_backward(flows["tricuspid"], times),
    )


def _check_forward(loop: Loop) -> None:
    for name in loop.openings.names:
        volume = _integral(np.maximum(loop.flows[name], 0.0), loop.times)
        if volume < LEAST_FORWARD:
            raise NotAnalysable(
                f"Only {volume / mL:.2g} mL run forward through the {name} valve in a beat.",
                f"At least {LEAST_FORWARD / mL:.0f} mL are needed: this heart does not pump.",
                "Check contractility, elastances and resistances.",
            )


def _integral(values: Array, over: Array) -> float:
    return float(np.trapezoid(values, over))


def _gradient(drop: Array, flow: Array) -> float:
    return float(drop[flow > 0.02 * flow.max()].mean())


def _backward(flow: Array, times: Array) -> float:
    return _integral(np.maximum(-flow, 0.0), times) / _integral(np.maximum(flow, 0.0), times)


__all__ = ["Haemodynamics", "Loop", "as_loop", "haemodynamics"]
