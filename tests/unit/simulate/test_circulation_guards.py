"""Bad input to the closed loop is refused with a sentence that names it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.jit import jit
from marey.core.units import litre, minute, mL, mmHg, ms
from marey.simulate.circulation import Circulation, Valve, haemodynamics, integrate_beat, periodic, transient
from marey.simulate.circulation.closed_loop import initial_state
from marey.simulate.mechanics import ElastanceVentricles, PressureFunction, SphereVentricles
from marey.simulate.mechanics.interface import Array


def test_heart_rate_with_the_wrong_unit_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"heart_rate.*between 25 and 220 1/min"):
        Circulation(heart_rate=75.0)


def test_a_pressure_given_in_mmhg_without_its_unit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="pressure"):
        Circulation().but({"pericardium.pressure": 8.0})


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"no parameter 'EAA'.*Known are"):
        ElastanceVentricles().but(EAA=1.0)
    with pytest.raises(InvalidInput, match=r"no parameter 'aortic\.stenosis'"):
        Circulation().but({"aortic.stenosis": 0.5})


def test_a_valve_without_area_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"area.*is 0 cm2"):
        Valve(area=0.0)


def test_a_time_step_that_cannot_be_right_is_refused() -> None:
    for step in (0.0, -1.0, 20.0, float("nan")):
        with pytest.raises(InvalidInput, match="time step"):
            periodic(Circulation(), ElastanceVentricles(), step=step)


def test_settings_of_the_periodic_solver_are_checked() -> None:
    with pytest.raises(InvalidInput, match="tolerance"):
        periodic(Circulation(), ElastanceVentricles(), tolerance=0.0)
    with pytest.raises(InvalidInput, match="0 beats"):
        periodic(Circulation(), ElastanceVentricles(), beats=0)


def test_too_few_beats_give_an_error_and_no_number() -> None:
    with pytest.raises(NotAnalysable, match=r"After 2 beats.*still changes"):
        periodic(Circulation(), ElastanceVentricles(), beats=2)


def test_too_little_blood_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"blood_volume' is 3000 mL.*More than"):
        periodic(Circulation(blood_volume=3 * litre), ElastanceVentricles())


def test_a_contraction_longer_than_the_cycle_is_refused() -> None:
    fast = Circulation(heart_rate=150 / minute)
    with pytest.raises(InvalidInput, match="still active 400 ms"):
        periodic(fast, ElastanceVentricles())
    assert periodic(fast, ElastanceVentricles().paced(fast.period)).beats > 1


@jit
def _sucks(  # noqa: PLR0917
    t: float,  # noqa: ARG001
    volumes: Array,  # noqa: ARG001
    state: Array,  # noqa: ARG001
    memory: Array,  # noqa: ARG001
    parameters: Array,
    dstate: Array,  # noqa: ARG001
    out: Array,
) -> None:
    out[0], out[1] = parameters[0], parameters[0]


@dataclass(frozen=True)
class ConstantPressure:
    """Ventricles that hold one pressure whatever their volume."""

    value: float
    pressure: ClassVar[PressureFunction] = staticmethod(_sucks)
    names: ClassVar[tuple[str, ...]] = ()

    def parameters(self) -> Array:
        return np.array([self.value])

    def initial_state(self) -> Array:
        return np.zeros(0)

    def memory(self) -> Array:
        return np.zeros(0)


def test_a_chamber_that_runs_empty_is_named() -> None:
    with pytest.raises(NotAnalysable, match=r"volume of the (left|right) ventricle becomes negative"):
        transient(Circulation(), ConstantPressure(300 * mmHg), 3)


def test_ventricles_without_a_solution_end_the_run() -> None:
    with pytest.raises(NotAnalysable, match="no finite solution"):
        transient(Circulation(), ConstantPressure(float("nan")), 1)


def test_a_sphere_emptied_by_its_septum_has_no_pressure() -> None:
    model = SphereVentricles()
    state, out = model.initial_state(), np.zeros(7)
    state[6] = 200 * mL
    model.pressure(0.0, np.array([100 * mL, 100 * mL]), state, model.memory(), model.parameters(), np.zeros(7), out)
    assert np.isnan(out).all()
    assert model.onset == 20 * ms


def test_a_heart_that_does_not_pump_gives_no_numbers() -> None:
    ventricles = SphereVentricles().but({"left_sarcomere.contractility": 0.0, "right_sarcomere.contractility": 0.0})
    still = Circulation().but({
        "left_atrium.end_systolic": Circulation().left_atrium.diastolic,
        "right_atrium.end_systolic": Circulation().right_atrium.diastolic,
    })  # fmt: skip
    with pytest.raises(NotAnalysable, match=r"forward through the (mitral|aortic|tricuspid|pulmonary) valve.*not pump"):
        haemodynamics(transient(still, ventricles, 40)[-1])


def test_a_start_that_does_not_hold_the_blood_is_refused() -> None:
    circulation, ventricles = Circulation(), ElastanceVentricles()
    start = initial_state(circulation, ventricles)
    for k, shift in ((3, -1 * mL), (1, float("nan"))):
        wrong = start.copy()
        wrong[k] += shift
        with pytest.raises(InvalidInput, match="start of the beat holds"):
            integrate_beat(circulation, ventricles, wrong, ventricles.memory())
    empty = start.copy()
    empty[3] += empty[1] + 1 * mL
    empty[1] = -1 * mL
    with pytest.raises(InvalidInput, match="emptiest part -1 mL"):
        integrate_beat(circulation, ventricles, empty, ventricles.memory())


def test_a_step_too_coarse_for_the_muscle_gives_no_number() -> None:
    """At 1.5 ms the sphere still finds a periodic beat, with an ejection fraction 5 points too low."""
    with pytest.raises(NotAnalysable, match=r"out of balance.*smaller time step"):
        periodic(Circulation(), SphereVentricles(), step=1.5)
