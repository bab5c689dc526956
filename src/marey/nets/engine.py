"""Run an ONNX network: OpenVINO when it is installed, otherwise ONNX Runtime. Always in full precision."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Engine = Literal["onnxruntime", "openvino"]
Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def best_engine() -> Engine:
    """The fastest engine that is installed."""
    return "openvino" if find_spec("openvino") else "onnxruntime"


def open_network(path: Path, engine: Engine | None = None, threads: int | None = None) -> Network:
    """Make a network callable.

    Args:
        path: an ONNX file with one input and one output.
        engine: the best installed one when None.
        threads: cores to use; all when None.

    Returns:
        Function from a float32 array to a float32 array, safe to call from one thread at a time.
    """
    threads = threads or _cores()
    if (engine or best_engine()) == "openvino":
        return _openvino(path, threads)
    return _onnxruntime(path, threads)


def _cores() -> int:
    """Cores this process may use; not every system can tell them from all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _onnxruntime(path: Path, threads: int) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (feed,) = (node.name for node in session.get_inputs())

    def run(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        (output,) = session.run(None, {feed: pictures})
        return np.asarray(output, np.float32)

    return run


def _openvino(path: Path, threads: int) -> Network:
    os.environ.setdefault("OPENVINO_TELEMETRY_OPT_OUT", "1")
    import openvino

    settings: dict[str, Any] = {
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
    }
    compiled = openvino.Core().compile_model(str(path), "CPU", settings)

    def run(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.array(compiled(pictures)[0], np.float32)

    return run


__all__ = ["Engine", "Network", "best_engine", "open_network"]
