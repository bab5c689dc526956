"""The common carotid artery of the benchmark of one-dimensional codes: one tube, measured inflow, Windkessel.

Source: Boileau et al. 2015, doi:10.1002/cnm.2732, after Xiao et al. 2014, doi:10.1002/cnm.2598.
"""

import numpy as np
from numpy.typing import NDArray

from marey.core.units import Pa, kPa, m, mL, mmHg, s
from marey.simulate.flow.waves.arteries import Arteries, Artery, Blood, Windkessel

PERIOD = 1100.0
MEAN = 6.5 * mL / s
AMPLITUDES = np.array([
    3.294, 1.9262, -1.4219, -0.66627, -0.33933, -0.37914, 0.22396, 0.1507, 0.18735, 0.038625, 0.012643, -0.0042453,
    -0.012781, 0.014805, 0.012249, 0.0076502, 0.0030692, -0.0012271, -0.0042581, -0.0069785, 0.0085652, 0.0081881,
    0.0056549, 0.0026358, -0.0050868, -0.0085829,
]) * (mL / s)  # fmt: skip
PHASES = np.array([
    -0.023974, -1.1801, 0.92701, -0.24118, -0.27471, -1.0557, 1.22, 1.0984, 0.067483, 0.22262, -0.10093, -1.1044,
    -1.3739, 1.2797, 0.80827, 0.40757, 0.195, -1.1371, -0.92102, -1.2364, 1.4539, 0.89599, 0.17623, -1.3003,
    -0.011056, -0.86463,
])  # fmt: skip


def common_carotid() -> Arteries:
    """The artery: 126 mm long, 3 mm wide in radius at 82 mmHg, wall of 0.3 mm and 700 kPa, parabolic velocity."""
    end = Windkessel(2.4875e8 * Pa * s / m**3, 1.8697e9 * Pa * s / m**3, 1.7529e-10 * m**3 / Pa)
    tube = Artery("common carotid", 126.0, 3.0, 3.0, (700 * kPa * 0.3, 700 * kPa * 0.3), outlet=end)
    return Arteries((tube,), Blood(profile=2.0, reference_pressure=82 * mmHg))


def carotid_inflow(samples: int = 400) -> NDArray[np.float64]:
    """(sample,) mm3/ms over one beat of 1100 ms."""
    angle = 2 * np.pi * np.outer(np.arange(samples) / samples, np.arange(1, AMPLITUDES.size + 1))
    return np.asarray(MEAN + np.sin(angle + PHASES) @ AMPLITUDES)


__all__ = ["PERIOD", "carotid_inflow", "common_carotid"]
