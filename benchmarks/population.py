"""Virtual cohorts: processor time per heart, what the hearts are like, and the calibration of their strength.

python benchmarks/population.py                      # seconds per heart and where they go
python benchmarks/population.py --outcomes 60        # healthy women and men beside published ranges
python benchmarks/population.py --groups 20          # what each group is like, and how many hearts fail
python benchmarks/population.py --calibrate 30       # coefficients of marey.simulate.prior.strength
"""

import argparse
import cProfile
import pstats
import time
from collections.abc import Iterator

import numpy as np

from marey.core import MareyError
from marey.core.units import factor, g, m2, mL
from marey.simulate.beat import UNITS, SimulateBeat
from marey.simulate.beat.body import body
from marey.simulate.beat.electrics import activate
from marey.simulate.beat.pump import pump
from marey.simulate.beat.step import RESOLUTIONS
from marey.simulate.circulation.loop import Haemodynamics, haemodynamics
from marey.simulate.heart import Heart
from marey.simulate.prior import GROUPS, Person, random_heart
from marey.simulate.prior.heart import blood_volume, dead_part
from marey.simulate.prior.shape import lv_mass, rv_mass
from marey.simulate.prior.strength import Demand

SHOWN = (
    "edv", "ef", "rv_edv", "rv_ef", "systolic_pressure", "diastolic_pressure", "mean_pulmonary_pressure",
    "left_atrial_pressure", "right_atrial_pressure", "lv_end_diastolic_pressure", "lv_peak_pressure",
)  # fmt: skip


def pumped(heart: Heart) -> Haemodynamics:
    """What a heart pumps, without motion and ECG, on the coarse mesh."""
    at = body(heart, RESOLUTIONS["coarse"], 2.0)
    return haemodynamics(pump(heart, at, activate(heart, at).patches))


def hearts(count: int, group: str, sex: str | None = None) -> Iterator[tuple[Heart, Person]]:
    for number in range(count):
        rng = np.random.default_rng([1, number, list(GROUPS).index(group)])
        yield random_heart(rng, group, sex)


def calibrate(count: int) -> None:
    """Regress strengths and blood volume on what hearts of all groups do when both are disturbed."""
    rows, targets, failed = [], [], 0
    rng = np.random.default_rng(0)
    for group in GROUPS:
        for drawn, _ in hearts(3 * count if group == "healthy" else count, group):
            heart = disturbed(rng, drawn)
            try:
                demand = seen(heart, pumped(heart))
            except MareyError as error:
                failed += 1
                print(group, error)
                continue
            rows.append(demand.terms())
            excess = heart.circulation.blood_volume - blood_volume(heart.circulation, demand)
            muscle = heart.muscle
            targets.append([np.log(muscle.contractility), np.log(muscle.rv_contractility), excess / (100 * mL)])
    found, *_ = np.linalg.lstsq(np.array(rows), np.array(targets), rcond=None)
    left_over = np.std(np.array(targets) - np.array(rows) @ found, axis=0)
    print(f"{len(rows)} hearts, {failed} failed")
    for name, coefficients, spread in zip(("left", "right", "blood"), found.T, left_over, strict=True):
        print(f'    "{name}": ({", ".join(f"{value:.2f}" for value in coefficients)}),  # residual {spread:.3f}')


def disturbed(rng: np.random.Generator, heart: Heart) -> Heart:
    left, right = np.exp(rng.normal(0, 0.12, 2))
    return heart.but({
        "muscle.contractility": float(np.clip(heart.muscle.contractility * left, 0.1, 3.0)),
        "muscle.rv_contractility": float(np.clip(heart.muscle.rv_contractility * right, 0.1, 3.0)),
        "circulation.blood_volume": heart.circulation.blood_volume + rng.normal(0, 80 * mL),
    })  # fmt: skip


def seen(heart: Heart, beat: Haemodynamics) -> Demand:
    """The demand that a beat has met."""
    return Demand(
        lv_volume=beat.edv,
        rv_volume=beat.rv_edv,
        lv_mass=lv_mass(heart.shape),
        rv_mass=rv_mass(heart.shape),
        stroke=beat.total_stroke_volume,
        forward=beat.stroke_volume,
        lv_load=beat.lv_peak_pressure,
        rv_load=beat.mean_pulmonary_pressure,
        left_filling=beat.left_atrial_pressure,
        right_filling=beat.right_atrial_pressure,
        stiffness=heart.muscle.stiffness,
        rv_stiffness=heart.muscle.rv_stiffness,
        heart_rate=heart.circulation.heart_rate,
        scar=sum((dead_part(scar) for scar in heart.scars), 0.0),
    )


def outcomes(count: int, groups: list[str], sexes: tuple[str | None, ...]) -> None:
    """Mean and standard deviation of what hearts do."""
    print(
        f"{'group':21}{'sex':4}{'n':>3} {'failed':>6} " + " ".join(f"{name[:12]:>12}" for name in (*SHOWN, "mass/m2"))
    )
    for group in groups:
        for sex in sexes:
            rows, failed = [], 0
            for heart, person in hearts(count, group, sex):
                try:
                    beat = pumped(heart)
                except MareyError as error:
                    failed += 1
                    print(f"  {error}")
                    continue
                row = [getattr(beat, name) / factor(UNITS[name]) for name in SHOWN]
                rows.append([*row, lv_mass(heart.shape) / g / (person.surface / m2)])
            mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0)
            numbers = " ".join(f"{a:6.1f} ±{b:4.1f}" for a, b in zip(mean, spread, strict=True))
            print(f"{group:21}{sex or 'all':4}{len(rows):3} {failed:6} {numbers}", flush=True)


def speed(count: int) -> None:
    """Seconds of one processor per heart, for the settings of a cohort."""
    step = SimulateBeat("medium", 2.0, 25, "torso")
    rng = np.random.default_rng(3)
    step(random_heart(rng)[0])
    profile, spent = cProfile.Profile(), []
    for _ in range(count):
        begun = time.process_time()
        heart, _ = random_heart(rng)
        profile.enable()
        step(heart)
        profile.disable()
        spent.append(time.process_time() - begun)
    print(f"{np.mean(spent):.2f} s per heart ({np.min(spent):.2f} to {np.max(spent):.2f}), {count} hearts")
    pstats.Stats(profile).sort_stats("cumulative").print_stats(r"beat|random_heart|ecg\.py|trunk", 25)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calibrate", type=int, default=0, metavar="N")
    parser.add_argument("--outcomes", type=int, default=0, metavar="N")
    parser.add_argument("--groups", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    if asked.calibrate:
        calibrate(asked.calibrate)
    if asked.outcomes:
        outcomes(asked.outcomes, ["healthy"], ("F", "M"))
    if asked.groups:
        outcomes(asked.groups, list(GROUPS), (None,))
    if not (asked.calibrate or asked.outcomes or asked.groups):
        speed(10)


if __name__ == "__main__":
    main()
