"""The arterial tree ADAN56 of the benchmark of one-dimensional codes: 77 pieces of 56 arteries, 31 ends.

Source: Boileau et al. 2015, doi:10.1002/cnm.2732, after the detailed network of Blanco et al. 2015 (IEEE Trans. Biomed.
Eng. 62:736). The numbers are those of the input file with which the code openBF validates itself
(github.com/INSIGNEO/openBF, validation/adan56). At every end R1 is a fifth of the total resistance and C times the
total resistance is 283.21 ms, so the total resistance alone is listed.
"""

import numpy as np
from numpy.typing import NDArray

from marey.core.units import kPa, mL, ms, s

REFERENCE_PRESSURE = 10 * kPa
YOUNG_MODULUS = 225 * kPa
PROXIMAL_SHARE = 0.2
TIME_CONSTANT = 283.21 * ms
PERIOD = 1000.0

# name, parent, length mm, inlet radius mm, outlet radius mm, resistance behind the end kPa ms/mm3
PIECES: tuple[tuple[str, str | None, float, float, float, float | None], ...] = (
    ("aortic arch I", None, 74.41, 15.95, 12.952, None),
    ("brachiocephalic trunk", "aortic arch I", 47.35, 6.728, 6.159, None),
    ("aortic arch II", "aortic arch I", 9.6, 12.952, 12.566, None),
    ("subclavian R I", "brachiocephalic trunk", 15.74, 4.896, 4.177, None),
    ("common carotid R", "brachiocephalic trunk", 81.22, 4.476, 3.326, None),
    ("vertebral R", "subclavian R I", 204.45, 1.335, 1.335, 9.0521),
    ("subclavian R II", "subclavian R I", 41.12, 4.177, 2.301, None),
    ("axillary R", "subclavian R II", 120.0, 2.301, 2.077, None),
    ("brachial R", "axillary R", 223.11, 2.077, 1.828, None),
    ("radial R", "brachial R", 300.89, 1.378, 1.378, 5.7694),
    ("ulnar R I", "brachial R", 29.76, 1.408, 1.408, None),
    ("common interosseous R", "ulnar R I", 16.27, 0.959, 0.959, None),
    ("ulnar R II", "ulnar R I", 239.26, 1.408, 1.408, 5.8743),
    ("posterior interosseous R", "common interosseous R", 230.56, 0.676, 0.676, 23.9065),
    ("external carotid R", "common carotid R", 60.9, 2.265, 2.265, 4.6954),
    ("internal carotid R", "common carotid R", 132.11, 2.765, 2.765, 2.8801),
    ("common carotid L", "aortic arch II", 121.32, 4.476, 3.326, None),
    ("aortic arch III", "aortic arch II", 6.98, 12.566, 12.284, None),
    ("external carotid L", "common carotid L", 60.9, 2.265, 2.265, 4.712),
    ("internal carotid L", "common carotid L", 132.11, 2.765, 2.765, 2.8897),
    ("subclavian L I", "aortic arch III", 49.38, 4.896, 3.48, None),
    ("aortic arch IV", "aortic arch III", 43.06, 12.284, 10.55, None),
    ("vertebral L", "subclavian L I", 204.15, 1.335, 1.335, 9.6215),
    ("subclavian L II", "subclavian L I", 41.12, 3.48, 2.301, None),
    ("axillary L", "subclavian L II", 120.0, 2.301, 2.077, None),
    ("brachial L", "axillary L", 223.11, 2.077, 1.828, None),
    ("radial L", "brachial L", 310.88, 1.378, 1.378, 5.6661),
    ("ulnar L I", "brachial L", 29.76, 1.408, 1.408, None),
    ("common interosseous L", "ulnar L I", 16.27, 0.959, 0.959, None),
    ("ulnar L II", "ulnar L I", 239.26, 1.408, 1.408, 5.9881),
    ("posterior interosseous L", "common interosseous L", 230.56, 0.676, 0.676, 23.9931),
    ("thoracic aorta I", "aortic arch IV", 9.9, 10.55, 10.364, None),
    ("posterior intercostal T6 R", "thoracic aorta I", 196.88, 1.4, 1.4, 124.5635),
    ("thoracic aorta II", "thoracic aorta I", 7.88, 10.364, 10.216, None),
    ("posterior intercostal T6 L", "thoracic aorta II", 178.03, 1.4, 1.4, 127.7916),
    ("thoracic aorta III", "thoracic aorta II", 15.56, 10.216, 9.923, None),
    ("posterior intercostal T7 R", "thoracic aorta III", 201.56, 1.55, 1.55, 116.2169),
    ("thoracic aorta IV", "thoracic aorta III", 5.33, 9.923, 9.823, None),
    ("posterior intercostal T7 L", "thoracic aorta IV", 185.18, 1.55, 1.55, 117.2127),
    ("thoracic aorta V", "thoracic aorta IV", 121.56, 9.823, 7.536, None),
    ("thoracic aorta VI", "thoracic aorta V", 3.25, 7.536, 7.495, None),
    ("celiac trunk", "thoracic aorta VI", 16.82, 3.35, 3.212, None),
    ("abdominal aorta I", "thoracic aorta VI", 13.99, 7.495, 7.319, None),
    ("common hepatic", "celiac trunk", 66.56, 2.686, 2.686, 1.6743),
    ("splenic I", "celiac trunk", 3.95, 2.167, 2.167, None),
    ("left gastric", "splenic I", 92.87, 1.507, 1.507, 171.6968),
    ("splenic II", "splenic I", 64.4, 2.167, 2.167, 2.3667),
    ("superior mesenteric", "abdominal aorta I", 216.4, 3.926, 3.926, 1.091),
    ("abdominal aorta II", "abdominal aorta I", 4.32, 7.319, 7.265, None),
    ("renal L", "abdominal aorta II", 21.84, 2.709, 2.709, 1.1314),
    ("abdominal aorta III", "abdominal aorta II", 11.98, 7.265, 7.114, None),
    ("renal R", "abdominal aorta III", 37.72, 3.097, 3.097, 1.1352),
    ("abdominal aorta IV", "abdominal aorta III", 54.09, 7.114, 6.434, None),
    ("inferior mesenteric", "abdominal aorta IV", 90.24, 2.078, 2.078, 11.9565),
    ("abdominal aorta V", "abdominal aorta IV", 42.23, 6.434, 5.904, None),
    ("common iliac R", "abdominal aorta V", 76.43, 4.499, 4.091, None),
    ("common iliac L", "abdominal aorta V", 74.04, 4.499, 4.091, None),
    ("external iliac R", "common iliac R", 102.21, 3.378, 3.189, None),
    ("internal iliac R", "common iliac R", 72.51, 2.818, 2.818, 2.0728),
    ("femoral R I", "external iliac R", 31.59, 3.189, 3.144, None),
    ("profunda femoris R", "femoral R I", 238.39, 2.144, 2.144, 1.7134),
    ("femoral R II", "femoral R I", 319.29, 3.144, 2.686, None),
    ("popliteal R I", "femoral R II", 132.03, 2.686, 2.368, None),
    ("anterior tibial R", "popliteal R I", 386.22, 1.166, 1.166, 12.2626),
    ("popliteal R II", "popliteal R I", 8.8, 2.368, 2.346, None),
    ("tibiofibular trunk R", "popliteal R II", 36.16, 2.346, 2.346, None),
    ("posterior tibial R", "tibiofibular trunk R", 382.88, 1.229, 1.229, 10.5782),
    ("external iliac L", "common iliac L", 102.21, 3.378, 3.189, None),
    ("internal iliac L", "common iliac L", 72.51, 2.818, 2.818, 2.079),
    ("femoral L I", "external iliac L", 31.59, 3.189, 3.144, None),
    ("profunda femoris L", "femoral L I", 238.39, 2.144, 2.144, 1.7143),
    ("femoral L II", "femoral L I", 319.29, 3.144, 2.686, None),
    ("popliteal L I", "femoral L II", 132.03, 2.686, 2.368, None),
    ("anterior tibial L", "popliteal L I", 386.22, 1.166, 1.166, 12.2664),
    ("popliteal L II", "popliteal L I", 8.8, 2.368, 2.346, None),
    ("tibiofibular trunk L", "popliteal L II", 36.16, 2.346, 2.346, None),
    ("posterior tibial L", "tibiofibular trunk L", 382.88, 1.229, 1.229, 10.5828),
)  # fmt: skip

# s and mL/s of the flow from the heart; its backflow closes the valve
INFLOW = np.array([
    (0.0, 0.0), (0.02193, 0.0), (0.041305, 105.089), (0.06068, 273.23), (0.080055, 404.592), (0.09943, 535.952),
    (0.118805, 567.479), (0.128492, 572.734), (0.13818, 567.479), (0.157555, 535.952), (0.17693, 488.663),
    (0.196305, 451.882), (0.244742, 315.266), (0.322242, 178.651), (0.351305, 136.615), (0.390055, 0.0),
    (0.415117, -162.888), (0.437555, 0.0), (1.0, 0.0),
])  # fmt: skip


def adan56_inflow(samples: int = 1000) -> NDArray[np.float64]:
    """(sample,) mm3/ms over the beat of 1000 ms, without its end."""
    times = np.arange(samples) / samples
    return np.asarray(np.interp(times, INFLOW[:, 0], INFLOW[:, 1]) * (mL / s))


def wall_thickness(radius: float) -> float:
    """Thickness in mm of the wall of an artery whose radius is given in mm, a fit of the benchmark's authors."""
    return float(radius * (0.2802 * np.exp(-0.5053 * radius) + 0.1324 * np.exp(-0.01114 * radius)))


__all__ = ["PERIOD", "PIECES", "adan56_inflow", "wall_thickness"]
