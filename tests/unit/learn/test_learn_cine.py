"""Training: losses in closed form, augmentation that keeps picture and label together, runs that can be resumed."""

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the train extra is not installed")

import torch

from marey.core import InvalidInput
from marey.learn.augment import cut_samples, normalise
from marey.learn.export import export_onnx
from marey.learn.losses import dice_and_cross_entropy
from marey.learn.stream import generate, stream
from marey.learn.train import Recipe, Trainer
from marey.learn.unet import UNet
from marey.nets.cine_net import CineNet
from marey.nets.labels import WINDOW
from marey.nets.labels import normalise as normalise_numpy

TINY = Recipe(steps=3, batch=2, widths=(4, 4, 4, 4, 4), pool=4, first=2, fresh=0.5, precision="float32")


def logits_of(labels: torch.Tensor, certainty: float) -> torch.Tensor:
    return certainty * torch.nn.functional.one_hot(labels, 4).permute(0, 3, 1, 2).float()


def test_loss_falls_from_wrong_over_unsure_to_right() -> None:
    labels = torch.randint(0, 4, (2, 16, 16), generator=torch.Generator().manual_seed(0))
    right, unsure, wrong = (float(dice_and_cross_entropy(logits_of(labels, c), labels)) for c in (6.0, 0.0, -6.0))
    assert right < unsure < wrong
    assert unsure == pytest.approx(np.log(4) + 1 - 0.25, abs=0.03)


def test_network_keeps_the_picture_size() -> None:
    assert UNet(3, 4, (4, 8, 8))(torch.zeros(2, 3, 32, 48)).shape == (2, 4, 32, 48)


def test_grey_levels_in_training_and_use_agree() -> None:
    picture = torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    picture = torch.nn.functional.avg_pool2d(picture, 9, 1, 4)
    assert np.abs(normalise(picture).numpy() - normalise_numpy(picture.numpy())).max() < 0.1


def test_augmentation_moves_picture_and_label_together() -> None:
    """A picture that is its own label, blurred by nothing but interpolation, must still be its label afterwards."""
    rows, columns = np.indices((144, 144)) - 72
    disc = (np.hypot(rows, columns) < 30).astype(np.float16)
    stack = torch.from_numpy(np.tile(disc, (8, 3, 1, 1)))
    random = torch.Generator().manual_seed(1)
    pictures, labels = cut_samples(
        stack, stack.to(torch.uint8), torch.ones(8, dtype=torch.int64), torch.zeros(8, dtype=torch.bool), random
    )
    assert pictures.shape == (8, 3, WINDOW, WINDOW)
    for picture, label in zip(pictures[:, 1], labels, strict=True):
        bright = picture > (picture.max() + picture.min()) / 2
        assert float((bright == (label == 1)).float().mean()) > 0.9


def test_a_slice_at_the_end_has_no_neighbour() -> None:
    stack = torch.rand(16, 3, 144, 144, generator=torch.Generator().manual_seed(0)).half()
    first = torch.zeros(16, dtype=torch.int64)
    alone = torch.arange(16) % 2 == 0
    pictures, _ = cut_samples(stack, torch.zeros_like(stack).byte(), first, alone, torch.Generator().manual_seed(0))
    empty = (pictures.abs().amax((2, 3)) == 0).sum(1)
    assert (empty >= 1).all()
    assert (empty[alone] == 2).all()
    assert (empty[~alone] == 1).any()


def test_stream_is_the_same_with_and_without_workers() -> None:
    alone = list(itertools.islice(stream(3, start=2, workers=0), 2))
    helped = list(itertools.islice(stream(3, start=2, workers=1), 2))
    for one, same in zip(alone, helped, strict=True):
        assert np.array_equal(one.pictures, same.pictures)
        assert np.array_equal(one.labels, same.labels)
        assert one.long_axis == same.long_axis
    assert np.array_equal(generate(3, 0)[3].pictures, alone[1].pictures)


def test_interrupted_run_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    whole = Trainer(TINY, tmp_path / "whole", workers=0)
    whole.train(lambda *_: None)
    Trainer(TINY, tmp_path / "parts", workers=0).train(lambda *_: None, until=0)
    rest = Trainer(TINY, tmp_path / "parts", workers=0)
    assert rest.step == 1
    rest.train(lambda *_: None)
    for a, b in zip(whole.trained().parameters(), rest.trained().parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


MEMBER = """
import sys
from pathlib import Path
import numpy, torch
from marey.learn.train import Recipe, Trainer
rank, folder = int(sys.argv[1]), Path(sys.argv[2])
torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
trainer = Trainer(eval(sys.argv[3]), folder / "team", workers=0)
trainer.train(lambda *_: None)
numpy.save(folder / f"{rank}.npy", torch.cat([p.detach().reshape(-1) for p in trainer.net.parameters()]).numpy())
torch.distributed.destroy_process_group()
"""


def test_a_team_steps_together_on_different_samples(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEMBER]
    team = [subprocess.Popen([*command, str(rank), str(tmp_path), repr(TINY)]) for rank in (0, 1)]
    assert [process.wait(timeout=200) for process in team] == [0, 0]
    first, second = (np.load(tmp_path / f"{rank}.npy") for rank in (0, 1))
    alone = Trainer(TINY, tmp_path / "alone", workers=0)
    alone.train(lambda *_: None)
    solo = np.concatenate([parameter.detach().numpy().ravel() for parameter in alone.net.parameters()])
    assert np.allclose(first, second, atol=1e-6)
    assert not np.allclose(first, solo, atol=1e-4)
    assert (tmp_path / "team" / "checkpoint.pt").exists()


def test_another_recipe_does_not_continue_a_run(tmp_path: Path) -> None:
    Trainer(TINY, tmp_path, workers=0).save()
    with pytest.raises(InvalidInput, match="made by another recipe"):
        Trainer(replace(TINY, seed=2), tmp_path, workers=0)


def test_a_run_may_start_from_another_with_fewer_classes(tmp_path: Path) -> None:
    earlier = Trainer(TINY, tmp_path / "earlier", workers=0)
    earlier.save()
    state = torch.load(earlier.checkpoint, weights_only=True)
    for key in ("module.head.weight", "module.head.bias"):
        state["average"][key] = state["average"][key][:4]
    torch.save(state, earlier.checkpoint)
    later = Trainer(replace(TINY, seed=5), tmp_path / "later", workers=0, start=earlier.checkpoint)
    before, after = earlier.average.module.state_dict(), later.net.state_dict()
    assert torch.equal(before["encoder.0.0.weight"], after["encoder.0.0.weight"])
    assert torch.equal(before["head.weight"][:4], after["head.weight"][:4])
    assert not torch.equal(before["head.weight"][4:], after["head.weight"][4:])


def test_a_run_does_not_start_from_another_network(tmp_path: Path) -> None:
    earlier = Trainer(replace(TINY, widths=(4, 8)), tmp_path / "earlier", workers=0)
    earlier.save()
    with pytest.raises(InvalidInput, match="another network"):
        Trainer(TINY, tmp_path / "later", workers=0, start=earlier.checkpoint)


def test_exported_network_gives_the_same_probabilities(tmp_path: Path) -> None:
    pytest.importorskip("onnxscript", reason="the train extra is not installed")
    trainer = Trainer(TINY, tmp_path, workers=0)
    net = trainer.trained()
    path = export_onnx(net, tmp_path / "net.onnx")
    stacks = np.random.default_rng(0).random((1, 1, 64, 80), dtype=np.float32)
    given = torch.from_numpy(np.stack([0 * stacks[0], normalise_numpy(stacks)[0], 0 * stacks[0]], 1))
    with torch.inference_mode():
        expected = net(given).softmax(1).numpy()
    assert np.abs(CineNet(engine="onnxruntime", path=path)(stacks)[:, 0, 0] - expected[0]).max() < 1e-4
