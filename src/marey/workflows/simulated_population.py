"""A virtual cohort: many random hearts and their beats, one row each, made on all cores."""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from marey.core import Beat, CannotWrite, InvalidInput, MareyError, NotAnalysable
from marey.core.files import write_text, write_with
from marey.core.step import settings
from marey.core.threads import one_thread_each
from marey.core.units import mL, mmHg, mV
from marey.simulate.beat import SimulateBeat
from marey.simulate.prior import SEXES, Person, random_heart
from marey.simulate.prior.classes import group_of
from marey.workflows.cohort_table import Row, row, write_tables
from marey.workflows.provenance import program_digest

RUN, HEARTS, MOTION = "run.json", "hearts", "motion"
MOST_FAILING = 0.1
MOST_HEARTS = 1_000_000
COHORT_STEP = SimulateBeat(resolution="medium", voxel=2.0, moments=25, medium="endless")


@dataclass(frozen=True)
class Cohort:
    """What a run has made.

    Args:
        folder: with population.csv, dictionary.csv, failures.csv and one file per heart.
        beating, failing: how many hearts.
    """

    folder: Path
    beating: int
    failing: int


@dataclass(frozen=True)
class Task:
    """What every process needs to make any heart of the cohort."""

    folder: Path
    seed: int
    group: str | None
    sex: str | None
    step: SimulateBeat
    motion: bool
    digits: int

    def heart_file(self, number: int) -> Path:
        """Whole when it exists: the last thing that is written of a heart."""
        return self.folder / HEARTS / f"{number:0{self.digits}d}.json"

    def motion_file(self, number: int) -> Path:
        """Mesh, motion, ECG and pressure-volume loops of a heart."""
        return self.folder / MOTION / f"{number:0{self.digits}d}.npz"


def simulate_population(
    folder: Path,
    *,
    count: int,
    seed: int,
    group: str | None = None,
    sex: str | None = None,
    step: SimulateBeat = COHORT_STEP,
    motion: bool = False,
    processes: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Cohort:
    """Simulate a virtual cohort, or what is missing of it.

    The same count, seed, group, sex and step give the same cohort, whatever the number of processes. A run that was
    stopped goes on where it was when it is started again with the same arguments.

    Args:
        folder: new, empty, or of the same run.
        count: of hearts; seed: heart k is drawn from (seed, k), whatever the count.
        group, sex: of all hearts; any when not given.
        step: how each beat is simulated.
        motion: whether to keep, per heart, the mesh's motion, the ECG and the pressure-volume loops.
        processes: how many work at once; as many as there are cores when not given.
        progress: told the fraction done and what is being done.

    Raises:
        InvalidInput: settings that cannot be right.
        CannotWrite: the folder holds something else, or cannot be written.
        NotAnalysable: more than a tenth of the hearts have no beat (the tables are written all the same), or a process
            was killed.
    """
    processes = _cores() if processes is None else processes
    _check(count, seed, group, sex, processes)
    task = Task(folder, seed, group, sex, step, motion, len(str(count)))
    _claim(task, count)
    missing = [number for number in range(1, count + 1) if not _is_made(task, number)]
    told = progress or (lambda _fraction, _text: None)
    done = count - len(missing)
    for _ in _made(task, missing, processes):
        done += 1
        told(done / count, f"{done} of {count} hearts")
    beating, failing = write_tables(folder, [task.heart_file(number) for number in range(1, count + 1)])
    if failing > MOST_FAILING * count:
        raise NotAnalysable(
            f"{failing} of {count} hearts have no beat; failures.csv in '{folder}' says why of each.",
            f"At most {MOST_FAILING:.0%} may fail, or the cohort is not what was asked for.",
            "Choose another group or coarser settings.",
        )
    return Cohort(folder, beating, failing)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check(count: int, seed: int, group: str | None, sex: str | None, processes: int) -> None:
    if not (1 <= count <= MOST_HEARTS and seed >= 0 and processes >= 1):
        raise InvalidInput(
            f"{count} hearts are asked for, with the seed {seed}, from {processes} processes.",
            f"1 to {MOST_HEARTS} hearts, a seed of at least 0 and at least 1 process are needed.",
            "Correct the number.",
        )
    if group is not None:
        group_of(group)
    Person(SEXES[0] if sex is None else sex)


def _claim(task: Task, count: int) -> None:
    """Make the folder this run's, or see that it is."""
    asked = {
        "count": count, "seed": task.seed, "group": task.group or "any", "sex": task.sex or "any",
        "motion": task.motion, **settings(task.step), "program": program_digest(),
    }  # fmt: skip
    path = task.folder / RUN
    if task.folder.is_dir() and not path.exists() and any(task.folder.iterdir()):
        raise CannotWrite(
            f"The folder '{task.folder}' holds files that no cohort put there.",
            "A cohort needs a folder of its own.",
            "Choose another folder with -o, or empty this one.",
        )
    if not path.exists():
        write_text(path, json.dumps(asked, indent=2) + "\n")
    try:
        present = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        present = {}
    different = [name for name in asked if not isinstance(present, dict) or present.get(name) != asked[name]]
    if different:
        raise CannotWrite(
            f"The folder '{task.folder}' holds another cohort: {', '.join(different)} differ.",
            "A cohort goes on only with the arguments, and the version of Marey, that it was begun with.",
            "Choose another folder with -o, or give the same arguments.",
        )


def _is_made(task: Task, number: int) -> bool:
    """Whether a heart's files are there and whole; one that is damaged is made again."""
    try:
        record = json.loads(task.heart_file(number).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(record, dict) or not isinstance(record.get("row"), dict):
        return False
    return "failure" in record or not task.motion or task.motion_file(number).exists()


def _made(task: Task, missing: list[int], processes: int) -> Iterator[int]:
    """Make hearts in as many processes; the numbers as they are done. A few are handed out at a time."""
    if not missing:
        return
    waiting, running = iter(missing), set[Future[int]]()
    context = multiprocessing.get_context("spawn")
    with one_thread_each(), ProcessPoolExecutor(min(processes, len(missing)), context) as pool:
        try:
            for number in waiting:
                running.add(pool.submit(make_heart, task, number))
                if len(running) >= 2 * processes:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        except BrokenProcessPool as error:
            raise NotAnalysable(
                "A process that simulated hearts was killed, perhaps for want of memory.",
                "Each process needs about 1 GB.",
                "Run the same command again, with fewer processes: finished hearts are kept.",
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def make_heart(task: Task, number: int) -> int:
    """Draw, simulate and write one heart; one that has no beat is written with the sentence that says why."""
    rng = np.random.default_rng([task.seed, number])
    record: dict[str, object] = {}
    known: Row = {"number": number, "group": task.group or "", "sex": task.sex or ""}
    try:
        heart, person = random_heart(rng, task.group, task.sex)
        known |= {"group": person.group, "sex": person.sex}
        beat = task.step(heart)
        record["row"] = row(number, person, heart, beat)
    except CannotWrite:
        raise
    except MareyError as error:
        record = {"row": known, "failure": str(error)}
    else:
        if task.motion:
            _write_motion(task.motion_file(number), beat)
    write_text(task.heart_file(number), json.dumps(record) + "\n")
    return number


def _write_motion(path: Path, beat: Beat) -> None:
    loop = ("left ventricle", "right ventricle")
    kept: dict[str, Any] = {
        "points": beat.mesh.points.astype(np.float32),
        "cells": beat.mesh.cells.astype(np.int32),
        "activation_time": np.asarray(beat.mesh.fields["activation_time"], np.float32),
        "times": beat.times,
        "displacement": beat.displacement.astype(np.float32),
        "loop_times": beat.volumes.times,
        "volumes": np.array([beat.volumes[name] for name in loop]) / mL,
        "pressures": np.array([beat.pressures[name] for name in loop]) / mmHg,
    }
    if beat.ecg is not None:
        kept |= {"ecg": beat.ecg.values / mV, "ecg_times": beat.ecg.times, "leads": np.array(beat.ecg.names)}
    write_with(path, lambda temporary: np.savez_compressed(temporary, **kept))


__all__ = ["COHORT_STEP", "HEARTS", "MOTION", "RUN", "Cohort", "Task", "make_heart", "simulate_population"]
