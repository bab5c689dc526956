"""ECG, electrograms and body-surface maps from activation times and action potential durations."""

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, Signal
from marey.simulate.ecg._kernels import histogram
from marey.simulate.ecg.action_potential import ActionPotential, repolarisation, upstroke
from marey.simulate.ecg.electrodes import ELECTRODES, LEADS, twelve_leads
from marey.simulate.ecg.lead_field import LeadField

FloatArray = NDArray[np.float64]

BIN = 0.5
"""Ms: width of the bins that the voxels' times are sorted into."""


def electrocardiogram(
    field: LeadField,
    activation: FloatArray,
    duration: FloatArray,
    times: FloatArray,
    law: ActionPotential | None = None,
) -> Signal:
    """The 12-lead ECG of one beat, QRS to T.

    Args:
        field: of the nine electrodes, from `torso_lead_field` or `infinite_lead_field`.
        activation: (n,) ms in the voxels of the field's tissue.
        duration: (n,) ms, action potential duration (90 %).
        times: (t,) ms on the clock of `activation`.
        law: the action potential.

    Returns:
        12 leads in mV; 0 before the first activation.

    Raises:
        InvalidInput: a field of other electrodes, arrays of a wrong length, voxels that are never activated.
    """
    if field.names != ELECTRODES:
        raise InvalidInput(
            f"The lead field has the electrodes {', '.join(field.names)}.",
            f"The 12 leads need {', '.join(ELECTRODES)}.",
            "Use 'electrograms' for other electrodes.",
        )
    return Signal(twelve_leads(electrograms(field, activation, duration, times, law).values), times, LEADS, "mV")


def electrograms(
    field: LeadField,
    activation: FloatArray,
    duration: FloatArray,
    times: FloatArray,
    law: ActionPotential | None = None,
) -> Signal:
    """Unipolar potentials of all electrodes of a lead field, in mV; arguments as for `electrocardiogram`.

    Every voxel adds its weight times ``u(t - T) - d(t - T - APD)``. The weights are sorted by T and by T + APD first:
    the cost is one pass over the voxels and two small matrix products.
    """
    _check(field, activation, duration, times)
    shape = law or ActionPotential()
    rise, rise_times = _sorted(field.weights, activation)
    fall, fall_times = _sorted(field.weights, activation + duration)
    up = upstroke(shape, times[None] - rise_times[:, None], field.spacing)
    down = repolarisation(shape, times[None] - fall_times[:, None])
    return Signal(shape.amplitude * (rise @ up - fall @ down), times, field.names, "mV")


def _sorted(weights: FloatArray, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    start = float(times.min())
    bins = int(np.ceil((float(times.max()) - start) / BIN)) + 2
    return histogram(weights, times, start, BIN, bins), start + BIN * np.arange(bins, dtype=np.float64)


def _check(field: LeadField, activation: FloatArray, duration: FloatArray, times: FloatArray) -> None:
    n = field.weights.shape[1]
    if activation.shape != (n,) or duration.shape != (n,):
        raise InvalidInput(
            f"There are {activation.shape} activation times and {duration.shape} action potential durations.",
            f"One of each for the lead field's {n} voxels is needed.",
            "Compute the lead field for the tissue that the times belong to.",
        )
    if not (np.isfinite(activation).all() and np.isfinite(duration).all() and (duration > 0).all()):
        never = int((~np.isfinite(activation)).sum())
        raise InvalidInput(
            f"{never} voxels are never activated, or durations are not positive numbers.",
            "Finite activation times and durations above 0 ms are needed.",
            "Leave dead scar and unconnected voxels out of the tissue of the lead field.",
        )
    if times.ndim != 1 or times.size == 0 or not np.isfinite(times).all():
        raise InvalidInput(
            "The times are not a list of numbers.", "Times in ms are needed.", "Give (t,) increasing times."
        )


__all__ = ["BIN", "electrocardiogram", "electrograms"]
