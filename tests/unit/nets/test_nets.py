"""Networks at run time: interpolation laws, grey levels, weights that must be the released ones."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marey.core import UnreadableFile
from marey.nets import weights
from marey.nets.cine_net import CineNet
from marey.nets.labels import normalise
from marey.nets.resample import resample


def test_same_grid_changes_nothing() -> None:
    picture = np.random.default_rng(0).random((2, 9, 7), dtype=np.float32)
    assert np.allclose(resample(picture, (0, 1, 9), (0, 1, 7)), picture)


@given(st.floats(0.3, 3.0), st.floats(-2.0, 2.0))
def test_constant_pictures_stay_constant(step: float, first: float) -> None:
    picture = np.full((11, 13), 3.5, np.float32)
    assert np.allclose(resample(picture, (first, step, 8), (first, step, 9)), 3.5, atol=1e-5)


@given(st.floats(0.2, 1.0))
def test_ramps_are_exact_between_pixels(step: float) -> None:
    ramp = np.arange(12, dtype=np.float32)[None] * np.ones((12, 1), np.float32)
    count = int(10 / step)
    assert np.allclose(resample(ramp, (0, 1, 12), (0.5, step, count))[0], 0.5 + step * np.arange(count), atol=1e-4)


def test_larger_pixels_average_and_do_not_alias() -> None:
    stripes = np.tile([0.0, 1.0], (16, 16)).astype(np.float32)
    coarse = resample(stripes, (0.5, 4, 4), (1.5, 4, 7))
    assert np.allclose(coarse[:, 1:-1], 0.5, atol=0.02)


@given(st.floats(0.01, 1000), st.floats(-500, 500))
def test_grey_levels_do_not_depend_on_the_scanners_scale(gain: float, offset: float) -> None:
    picture = np.random.default_rng(1).random((1, 20, 20), dtype=np.float32)
    assert np.allclose(normalise(np.float32(gain) * picture + np.float32(offset)), normalise(picture), atol=0.05)


@pytest.mark.parametrize("name", ["short_axis", "long_axis"])
def test_shipped_weights_are_the_released_ones(name: str) -> None:
    found = weights.shipped(name)
    assert found.path.stat().st_size < 12e6
    assert len(found.digest) == 64


def test_replaced_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "weights.json").write_text('{"short_axis": "0123"}')
    (tmp_path / "weights" / "short_axis.onnx").write_bytes(b"something else")
    monkeypatch.setattr(weights, "files", lambda _: tmp_path)
    weights.shipped.cache_clear()
    with pytest.raises(UnreadableFile, match="damaged or were replaced"):
        weights.shipped("short_axis")
    weights.shipped.cache_clear()


def test_network_takes_any_size_and_gives_probabilities() -> None:
    stacks = np.random.default_rng(0).random((2, 3, 50, 70), dtype=np.float32)
    probability = CineNet(engine="onnxruntime", batch=4)(stacks)
    assert probability.shape == (4, 2, 3, 50, 70)
    assert np.allclose(probability.sum(0), 1, atol=1e-4)


def test_engines_agree() -> None:
    pytest.importorskip("openvino", reason="the fast-cpu extra is not installed")
    stacks = np.random.default_rng(0).random((1, 4, 64, 64), dtype=np.float32)
    slow, fast = (CineNet(engine=engine)(stacks) for engine in ("onnxruntime", "openvino"))
    assert np.abs(slow - fast).max() < 2e-3
