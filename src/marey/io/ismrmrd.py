"""Raw data as ISMRMRD (ISMRM Raw Data) files: HDF5, one acquisition a readout (Inati 2017, doi:10.1002/mrm.26089).

The file holds ``dataset/xml``, the header, and ``dataset/data``, a compound of acquisition header, trajectory and
samples, as version 1 of the standard lays it out.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import CannotWrite, Facts, InvalidInput, MrHeader, RawSlice
from marey.core.files import write_with
from marey.core.kspace import complex_noise
from marey.io.ismrmrd_header import xml_header

TICK = 2.5
"""ms of the time stamps, as most readers take them (those of Siemens); exact times are in user_float."""
FIRST_IN_SLICE, LAST_IN_SLICE, NOISE, CALIBRATION, CALIBRATION_AND_IMAGING, LAST = (
    1 << (bit - 1) for bit in (7, 8, 19, 20, 21, 25)
)
MOST = 65_535
COUNTERS = np.dtype(
    [
        ("kspace_encode_step_1", "<u2"), ("kspace_encode_step_2", "<u2"), ("average", "<u2"), ("slice", "<u2"),
        ("contrast", "<u2"), ("phase", "<u2"), ("repetition", "<u2"), ("set", "<u2"), ("segment", "<u2"),
        ("user", "<u2", (8,)),
    ]
)  # fmt: skip
HEAD = np.dtype(
    [
        ("version", "<u2"), ("flags", "<u8"), ("measurement_uid", "<u4"), ("scan_counter", "<u4"),
        ("acquisition_time_stamp", "<u4"), ("physiology_time_stamp", "<u4", (3,)), ("number_of_samples", "<u2"),
        ("available_channels", "<u2"), ("active_channels", "<u2"), ("channel_mask", "<u8", (16,)),
        ("discard_pre", "<u2"), ("discard_post", "<u2"), ("center_sample", "<u2"), ("encoding_space_ref", "<u2"),
        ("trajectory_dimensions", "<u2"), ("sample_time_us", "<f4"), ("position", "<f4", (3,)),
        ("read_dir", "<f4", (3,)), ("phase_dir", "<f4", (3,)), ("slice_dir", "<f4", (3,)),
        ("patient_table_position", "<f4", (3,)), ("idx", COUNTERS), ("user_int", "<i4", (8,)),
        ("user_float", "<f4", (8,)),
    ]
)  # fmt: skip


def write_kspace(
    path: Path, slices: Sequence[RawSlice], header: MrHeader, facts: Facts, rng: np.random.Generator, *,
    noise_readouts: int = 64
) -> Path:  # fmt: skip
    """Write raw data, after a scan of their noise.

    Counters: kspace_encode_step_1 the line, slice, phase the frame, set the encoding, segment the heart beat,
    repetition how often the same line of the same frame was measured before. The trajectory is (readout, phase
    encoding) in cycles per encoded pixel, -0.5 to 0.5. Positions are the slices' centres, LPS mm: the phase of k-space
    turns about them, so a plain transform shows them in pixel n / 2. user_float holds ms since the R wave and the
    length of the beat.

    Args:
        path: of the file, usually ".h5".
        slices: of one series: same coils, matrix, field of view and samples.
        header: how they were measured; the field strength must be known.
        facts: of the patient.
        rng: of the noise scan.
        noise_readouts: of the noise scan, drawn from the first slice's covariance; none where that is 0.

    Raises:
        InvalidInput: no slices, slices that differ, more than 65535 of something that is counted, no field strength.
        CannotWrite: the folder or disk does not take it, or h5py is not installed.
    """
    _check(slices, noise_readouts)
    xml = xml_header(slices, header, facts)
    try:
        import h5py
    except ImportError as error:
        raise CannotWrite(
            f"'{path}' would be an HDF5 file, and h5py is not installed.",
            "Marey's extra 'raw' brings it.",
            "Run: pip install 'marey[raw]'.",
        ) from error
    floats = h5py.special_dtype(vlen=np.dtype("<f4"))
    acquisition = np.dtype([("head", HEAD), ("traj", floats), ("data", floats)])
    parts = [
        *_noise_scan(slices[0], rng, noise_readouts, acquisition),
        *(_acquisitions(s, acquisition) for s in slices),
    ]
    table = np.concatenate(parts)
    table["head"]["scan_counter"] = np.arange(table.size)
    table["head"]["flags"][-1] |= LAST

    def save(temporary: Path) -> None:
        with h5py.File(temporary, "w") as file:
            group = file.create_group("dataset")
            group.create_dataset("xml", data=np.array([xml], object), dtype=h5py.special_dtype(vlen=str))
            group.create_dataset("data", data=table, maxshape=(None,), chunks=(min(table.size, 256),))

    return write_with(path, save)


def _check(slices: Sequence[RawSlice], noise_readouts: int) -> None:
    kinds = {
        (s.kspace.coils, s.kspace.samples.shape[-1], s.kspace.dwell_time, s.matrix, s.field_of_view, s.trajectory)
        for s in slices
    }
    if len(kinds) != 1:
        raise InvalidInput(
            f"{len(slices)} slices were measured in {len(kinds)} different ways.",
            "One series of slices with the same coils, matrix, field of view and bandwidth is expected.",
            "Write each series into a file of its own.",
        )
    highest = max(max(int(s.line.max()), int(s.frame.max()), s.slice, s.encoding, s.line.size) for s in slices)
    if highest > MOST or not 0 <= noise_readouts <= MOST:
        raise InvalidInput(
            f"A counter reaches {highest}, the noise scan has {noise_readouts} readouts.",
            f"0 to {MOST} fit into an acquisition's header.",
            "Split the series.",
        )


def _acquisitions(part: RawSlice, dtype: np.dtype[Any]) -> NDArray[Any]:
    """One entry a readout."""
    k, count = part.kspace, part.line.size
    table = _blank(part, count, dtype)
    head = table["head"]
    head["flags"] = _calibration(part)
    head["flags"][0] |= FIRST_IN_SLICE
    head["flags"][-1] |= LAST_IN_SLICE
    head["acquisition_time_stamp"] = np.rint(k.times / TICK)
    head["physiology_time_stamp"][:, 0] = np.rint(part.time / TICK)
    head["user_float"][:, 0], head["user_float"][:, 1] = part.time, part.rr
    head["trajectory_dimensions"] = 2
    counters = head["idx"]
    counters["kspace_encode_step_1"], counters["phase"] = part.line, part.frame
    counters["slice"], counters["set"] = part.slice, part.encoding
    counters["repetition"] = _repeated(part)
    counters["segment"] = np.unique(np.rint(k.times - part.time), return_inverse=True)[1]
    for axis, name in enumerate(("read_dir", "phase_dir", "slice_dir")):
        head[name] = part.directions[axis]
    pixel = np.array(part.field_of_view) / (part.matrix[0], k.samples.shape[-1])
    trajectory = np.broadcast_to(k.trajectory * pixel.astype(np.float32), (count, k.samples.shape[-1], 2))
    table["traj"] = _rows(trajectory[..., ::-1])
    table["data"] = _rows(k.samples.swapaxes(0, 1))
    return table


def _noise_scan(
    part: RawSlice, rng: np.random.Generator, readouts: int, dtype: np.dtype[Any]
) -> Iterator[NDArray[Any]]:
    """Readouts without an excitation, before the first."""
    k = part.kspace
    if not readouts or not k.noise_covariance.any():
        return
    table = _blank(part, readouts, dtype)
    table["head"]["flags"] = NOISE
    drawn = complex_noise(rng, k.noise_covariance, np.sqrt(0.5), (readouts, k.samples.shape[-1]))
    table["traj"] = _rows(np.empty((readouts, 0), np.float32))
    table["data"] = _rows(drawn.swapaxes(0, 1))
    yield table


def _blank(part: RawSlice, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Entries with what all readouts of a slice share."""
    coils, samples = part.kspace.coils, part.kspace.samples.shape[-1]
    table = np.zeros(count, dtype)
    head = table["head"]
    head["version"] = 1
    head["number_of_samples"], head["center_sample"] = samples, samples // 2
    head["available_channels"] = head["active_channels"] = coils
    head["channel_mask"] = [(1 << min(max(coils - 64 * word, 0), 64)) - 1 for word in range(16)]
    head["sample_time_us"] = 1000 * part.kspace.dwell_time
    head["position"] = part.grid.centre
    return table


def _calibration(part: RawSlice) -> NDArray[np.uint64]:
    """Flags of lines that calibrate a parallel reconstruction, or do so and belong to the regular lines too."""
    flags = np.zeros(part.line.size, np.uint64)
    step = part.acceleration
    if step == 1:
        return flags
    lines = np.unique(part.line)
    between = (part.line - lines[int(np.argmax(np.diff(lines)))]) % step != 0
    extra = part.line[between]
    if extra.size:
        inside = (part.line >= extra.min() - 1) & (part.line <= extra.max() + 1)
        flags[inside] = CALIBRATION_AND_IMAGING
        flags[between] = CALIBRATION
    return flags


def _repeated(part: RawSlice) -> NDArray[np.intp]:
    """(readout,) how often the same line of the same frame was measured before."""
    _, kind = np.unique(np.stack([part.line, part.frame]), axis=1, return_inverse=True)
    order = np.argsort(kind, kind="stable")
    counts = np.bincount(kind)
    repeated = np.empty(kind.size, np.intp)
    repeated[order] = np.arange(kind.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return repeated


def _rows(values: NDArray[Any]) -> NDArray[Any]:
    """``(readout,)`` of flat float32 arrays; complex values as real, imaginary, real, ..."""
    flat = np.ascontiguousarray(values).view(np.float32).reshape(len(values), -1)
    rows = np.empty(len(flat), object)
    rows[:] = list(flat)
    return rows


__all__ = ["write_kspace"]
