"""Averaged beats of recorded 12-lead ECGs, for comparison with simulated ones."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.signal import butter, find_peaks, sosfiltfilt

from marey.core import Signal
from marey.simulate.ecg import LEADS

FloatArray = NDArray[np.float64]
BEFORE, AFTER, STEP = 120.0, 520.0, 2.0


def normal_ids(folder: Path) -> list[int]:
    """Records of PTB-XL that are labelled normal, in sinus rhythm, without anything else but low voltage."""
    with (folder / "ptbxl" / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [int(row["ecg_id"]) for row in rows if "'NORM'" in row["scp_codes"]]


def ptbxl(folder: Path, number: int) -> FloatArray:
    """(12, 1000) mV at 100 Hz, in the order of `LEADS`."""
    values = np.loadtxt(folder / "ptbxl" / f"{number:05d}_lr_100hz.csv", delimiter=",")
    return np.asarray(values.T if values.shape[0] == 1000 else values, np.float64)


def average_beat(values: FloatArray, rate: float) -> Signal:
    """Median beat, aligned by correlation; baseline: the median before the QRS is 0.

    Args:
        values: (12, n) mV.
        rate: Hz.
    """
    wander = sosfiltfilt(butter(2, 0.5, "highpass", fs=rate, output="sos"), values, axis=1)
    splines = CubicSpline(np.arange(values.shape[1]) * 1000 / rate, wander, axis=1)
    fine = np.arange(0, values.shape[1] * 1000 / rate, STEP)
    leads = splines(fine)
    speed = np.linalg.norm(np.gradient(leads, axis=1), axis=0)
    speed = np.convolve(speed, np.ones(30) / 30, "same")
    peaks, _ = find_peaks(speed, distance=int(400 / STEP), height=0.4 * np.quantile(speed, 0.99))
    first, last = int(BEFORE / STEP), int(AFTER / STEP)
    beats = np.array(
        [leads[:, p - first : p + last] for p in _aligned(leads, peaks) if p > first and p + last < fine.size]
    )
    beat = np.median(beats, axis=0)
    beat -= np.median(beat[:, int(20 / STEP) : int(60 / STEP)], axis=1, keepdims=True)
    return Signal(beat, np.arange(beat.shape[1]) * STEP - BEFORE, LEADS, "mV")


def _aligned(leads: FloatArray, peaks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Peaks moved so that each QRS correlates best with the second one."""
    half, reach = int(60 / STEP), int(40 / STEP)
    inside = peaks[(peaks > 2 * half + reach) & (peaks < leads.shape[1] - 2 * half - reach)]
    model = leads[:, inside[1] - half : inside[1] + half]
    shifts = range(-reach, reach + 1)
    return np.array(
        [p + max(shifts, key=lambda s: float((model * leads[:, p + s - half : p + s + half]).sum())) for p in inside]
    )
