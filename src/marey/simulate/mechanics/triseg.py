r"""Geometry of TriSeg: three thick spherical caps, left free wall, septum and right free wall, that meet in one circle.

Lumens et al. 2009, doi:10.1007/s10439-009-9774-2. The circle has the radius y; the septal cap encloses the volume V_s
with the plane of the circle, positive when it bulges into the right ventricle. The midwall halves each wall's volume:

    V_left  = -V_lv - W_left/2  - W_septum/2 + V_s
    V_right =  V_rv + W_right/2 + W_septum/2 + V_s
    V = pi/6 x (x^2 + 3 y^2),   A = pi (x^2 + y^2),   C = 2 x/(x^2 + y^2)

x is the height of a cap, A its area, C its curvature. The fibre strain is the mean over the thickness,
e = ln(A/A_0)/2 + g(z) with z = 3 C W/(2 A), and

    g(z) = ((1 + z) ln(1 + z) - (1 - z) ln(1 - z))/(6 z) - 1/3 = -z^2/18 - z^4/60 - ...

which is exact for a spherical shell. Pressures and the balance at the circle follow from virtual work,
sum(W stress de) = p_lv dV_lv + p_rv dV_rv for every change of the volumes, of y and of V_s. The published series
(-z^2/12 - 0.019 z^4 for the strain, 1 + z^2/3 + z^4/5 for the tension) agrees with it at leading order, but is not the
derivative of an energy: the fibres' work and the pump's work then differ by some percent.
"""

import math
from dataclasses import dataclass

from marey.core.errors import InvalidInput
from marey.core.jit import jit
from marey.core.parameter import Parameters, parameter
from marey.core.units import MYOCARDIAL_DENSITY, g, mL

MAX_THICKNESS = 0.9


@dataclass(frozen=True)
class WallGeometry(Parameters):
    """Walls and cavities from clinical numbers.

    The reference volumes are those of the cavities when all sarcomeres have their reference length of 2.0 micrometres:
    between end systole and end diastole.
    """

    lv_mass: float = parameter(100 * g, 30 * g, 600 * g, "g", "Petersen et al. 2017, doi:10.1186/s12968-017-0327-9")
    rv_mass: float = parameter(36 * g, 10 * g, 250 * g, "g", "textbook value of the free wall")
    lv_reference_volume: float = parameter(85 * mL, 15 * mL, 400 * mL, "mL", "textbook value")
    rv_reference_volume: float = parameter(96 * mL, 15 * mL, 400 * mL, "mL", "textbook value")
    septal_fraction: float = parameter(5 / 17, 0.15, 0.6, "1", "5 of 17 segments, doi:10.1161/hc0402.102975")


@dataclass(frozen=True)
class ReferenceShape:
    """The walls at the reference volumes; left free wall, septum, right free wall in every triple.

    Args:
        volumes: mm3, of the walls.
        areas: mm2, of the midwall.
        curvatures: 1/mm, signed: left of the circle negative.
        circle_radius: mm.
        septal_volume: mm3, of the septal cap.
    """

    volumes: tuple[float, float, float]
    areas: tuple[float, float, float]
    curvatures: tuple[float, float, float]
    circle_radius: float
    septal_volume: float


def reference_shape(walls: WallGeometry) -> ReferenceShape:
    """A round left ventricle, of which the septum is a cap, and a right free wall around the rest.

    Raises:
        InvalidInput: a right ventricle too small to lie on the septum.
    """
    lv_wall, right = walls.lv_mass / MYOCARDIAL_DENSITY, walls.rv_mass / MYOCARDIAL_DENSITY
    septum = lv_wall * walls.septal_fraction
    radius = (3 * (walls.lv_reference_volume + lv_wall / 2) / (4 * math.pi)) ** (1 / 3)
    height = 2 * radius * walls.septal_fraction
    circle = math.sqrt(height * (2 * radius - height))
    septal_volume = math.pi / 6 * height * (height**2 + 3 * circle**2)
    right_volume = walls.rv_reference_volume + right / 2 + septum / 2 + septal_volume
    heights = (height - 2 * radius, height, cap_height(right_volume, circle))
    squares = [x**2 + circle**2 for x in heights]
    shape = ReferenceShape(
        (lv_wall - septum, septum, right),
        (math.pi * squares[0], math.pi * squares[1], math.pi * squares[2]),
        (2 * heights[0] / squares[0], 2 * heights[1] / squares[1], 2 * heights[2] / squares[2]),
        circle,
        septal_volume,
    )
    for curvature, volume, area in zip(shape.curvatures, shape.volumes, shape.areas, strict=True):
        if abs(1.5 * curvature * volume / area) >= MAX_THICKNESS:
            raise InvalidInput(
                f"The heart has {walls.lv_mass / g:.0f} g and {walls.rv_mass / g:.0f} g of muscle around cavities of "
                f"{walls.lv_reference_volume / mL:.0f} mL and {walls.rv_reference_volume / mL:.0f} mL.",
                "The walls must be thinner than the radius of their sphere.",
                "Give a smaller 'lv_mass' or 'rv_mass', or larger reference volumes.",
            )
    return shape


@jit
def cap_height(volume: float, radius: float) -> float:
    """Height (mm, signed) of the spherical cap of that volume (mm3, signed) over a circle of that radius (mm)."""
    a = 3 * abs(volume) / math.pi
    c = (a + math.sqrt(a * a + radius**6)) ** (1 / 3)
    return math.copysign(c - radius * radius / c, volume)


@jit
def cap(volume: float, y: float) -> tuple[float, float, float]:
    """Height x (mm), area A (mm2) and curvature C (1/mm) of the cap of that volume over a circle of radius y."""
    x = cap_height(volume, y)
    s = x * x + y * y
    return x, math.pi * s, 2 * x / s


@jit
def cap_derivatives(x: float, y: float) -> tuple[float, float, float, float, float, float, float]:
    """A_y, C_V, C_y, A_yy, C_VV, C_Vy, C_yy of a cap of height x over a circle of radius y.

    V and y are the independent variables. The others follow: A_V = 2 C, A_VV = 2 C_V, A_Vy = 2 C_y.
    """
    s, p = x * x + y * y, y * y - x * x
    x_v, x_y = 2 / (math.pi * s), -2 * x * y / s
    a_y = 2 * math.pi * y * p / s
    a_yy = -8 * math.pi * x * y**3 / s**2 * x_y + 2 * math.pi * p / s + 8 * math.pi * (x * y / s) ** 2
    c_v, c_y = 4 * p / (math.pi * s**3), -8 * x * y**3 / s**3
    c_vx = -16 * x * (2 * y * y - x * x) / (math.pi * s**4)
    c_vv, c_vy = c_vx * x_v, c_vx * x_y + 16 * y * (2 * x * x - y * y) / (math.pi * s**4)
    c_yx, c_yy = -8 * y**3 * (y * y - 5 * x * x) / s**4, 24 * x * y * y * p / s**4
    return a_y, c_v, c_y, a_yy, c_vv, c_vy, c_yx * x_y + c_yy


@jit
def thickness_strain(z: float) -> tuple[float, float, float]:
    """g(z) and its first two derivatives.

    Exact to |z| = 0.9. A parabola continues it smoothly for small thick caps (a hypertrophied septum at end systole)
    to |z| = 1.5; beyond that, where no wall has its volume, it is NaN.
    """
    if abs(z) <= MAX_THICKNESS:
        return _shell_strain(z)
    if not abs(z) <= 1.5:
        return math.nan, math.nan, math.nan
    edge = math.copysign(MAX_THICKNESS, z)
    value, first, second = _shell_strain(edge)
    beyond = z - edge
    return value + beyond * (first + beyond * second / 2), first + beyond * second, second


@jit
def _shell_strain(z: float) -> tuple[float, float, float]:
    if abs(z) < 0.15:
        q = z * z
        value, first, second, power = 0.0, 0.0, 0.0, 1.0
        for k in range(1, 10):
            value -= power * q / (6 * k * (2 * k + 1))
            first -= power * z / (3 * (2 * k + 1))
            second -= power * (2 * k - 1) / (3 * (2 * k + 1))
            power *= q
        return value, first, second
    entropy = ((1 + z) * math.log(1 + z) - (1 - z) * math.log(1 - z)) / (2 * z)
    slope = (1 - math.atanh(z) / z) / (3 * z)
    return (entropy - 1) / 3, slope, (math.atanh(z) / z - 1 / (1 - z * z)) / (3 * z * z) - slope / z


__all__ = [
    "MAX_THICKNESS", "ReferenceShape", "WallGeometry", "cap", "cap_derivatives", "cap_height", "reference_shape",
    "thickness_strain",
]  # fmt: skip
