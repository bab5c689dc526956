"""The training loop: seeded, resumable, with an averaged copy of the weights.

Inside a `torch.distributed` process group every process trains on its own samples and the gradients are averaged.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, distributed, nn

from marey.core import InvalidInput
from marey.core.files import write_with
from marey.learn.augment import cut_samples
from marey.learn.losses import dice_and_cross_entropy
from marey.learn.stream import LabelledStack, stream
from marey.learn.unet import UNet
from marey.scan.fast import TRUTH


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what the weights become.

    Args:
        seed: of weights, stream and augmentation.
        steps: optimiser steps.
        batch: samples a step.
        widths: of the `UNet`.
        precision: of the forward pass.
        learning_rate: at its peak; warms up over 2 % of the steps, then falls as a cosine.
        weight_decay: of AdamW.
        averaging: decay of the averaged weights.
        pool: stacks kept and drawn from.
        first: stacks made before the first step.
        fresh: new stacks a step (they replace the oldest).
    """

    seed: int = 1
    steps: int = 4_000
    batch: int = 48
    widths: tuple[int, ...] = (16, 32, 64, 128, 192)
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    learning_rate: float = 1.6e-3
    weight_decay: float = 1e-4
    averaging: float = 0.996
    pool: int = 1_920
    first: int = 240
    fresh: float = 2.0

    def rate(self, step: int) -> float:
        """Learning rate at a step."""
        warm, done = min(1.0, (step + 1) / (0.02 * self.steps)), step / self.steps
        return self.learning_rate * warm * 0.5 * float(1 + torch.cos(torch.tensor(torch.pi * done)))


class Trainer:
    """Owns the network, its average, the optimiser and the pool of stacks.

    Args:
        recipe: what to train.
        folder: where `checkpoint.pt` is kept; an existing one is continued when its recipe is the same.
        workers: processes that generate stacks.
        start: another run's checkpoint, whose averaged weights a new run begins with; classes that it does not know
            begin at random.

    Raises:
        InvalidInput: the folder holds a checkpoint of another recipe; one to start from has another network.
    """

    def __init__(self, recipe: Recipe, folder: Path, workers: int | None = None, start: Path | None = None) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.folder, self.workers = recipe, folder, workers
        self.rank, self.team = (distributed.get_rank(), distributed.get_world_size()) if _in_a_team() else (0, 1)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = UNet(3, 1 + len(TRUTH), recipe.widths).to(self.device)
        untyped: Any = self.net  # torch's stubs do not know this argument
        untyped.to(memory_format=torch.channels_last)
        self.average = torch.optim.swa_utils.AveragedModel(
            self.net,
            multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.averaging),  # type: ignore[no-untyped-call]
            use_buffers=True,
        )
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.step = 0
        if start is not None:
            self._begin_with(start)
        self._resume()

    @property
    def checkpoint(self) -> Path:
        """Where the state is kept."""
        return self.folder / "checkpoint.pt"

    def train(self, progress: Callable[[int, float], None], every: float = 60.0, until: float = float("inf")) -> None:
        """Run to the recipe's last step.

        Args:
            progress: called about once a second with the step and the mean loss since the last call.
            every: seconds between checkpoints.
            until: stop early (with a checkpoint) after so many seconds.
        """
        begin = saved = told = time.monotonic()
        losses: list[Tensor] = []
        for pictures, labels in self._batches():
            losses.append(self._one_step(pictures, labels))
            now = time.monotonic()
            if now - told > 1:
                progress(self.step, float(torch.stack(losses).mean()))
                told, losses = now, []
            if now - saved > every:
                self.save()
                saved = now
            if self.step >= self.recipe.steps or now - begin > until:
                break
        self.save()

    def save(self) -> None:
        """Write the checkpoint, whole or not at all; one process of a team does it for all."""
        if self.rank:
            return
        state = {
            "recipe": json.dumps(asdict(self.recipe)),
            "step": self.step,
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        write_with(self.checkpoint, lambda path: torch.save(state, path))

    def trained(self) -> nn.Module:
        """The averaged network, ready for inference, on the CPU."""
        net = UNet(3, 1 + len(TRUTH), self.recipe.widths)
        state = {key: value.cpu() for key, value in self.average.module.state_dict().items()}
        net.load_state_dict(state)
        return net.eval()

    def _resume(self) -> None:
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        if state["recipe"] != json.dumps(asdict(self.recipe)):
            raise InvalidInput(
                f"'{self.checkpoint}' was made by another recipe: {state['recipe']}.",
                "A run continues only with the settings it began with.",
                "Choose another output folder, or the same settings.",
            )
        self.step = int(state["step"])
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])

    def _begin_with(self, start: Path) -> None:
        average = torch.load(start, map_location=self.device, weights_only=True)["average"]
        known = {key.removeprefix("module."): value for key, value in average.items() if key.startswith("module.")}
        own = self.net.state_dict()
        if known.keys() != own.keys() or any(known[key].shape[1:] != own[key].shape[1:] for key in own):
            raise InvalidInput(
                f"'{start}' holds another network.",
                f"Weights of a U-Net with the widths {self.recipe.widths} are needed.",
                "Start from another checkpoint, or from none.",
            )
        for key, value in known.items():
            if value.ndim:  # not the counts of batches
                own[key][: len(value)] = value
        self.net.load_state_dict(own)
        self.average.module.load_state_dict(own)

    def _one_step(self, pictures: Tensor, labels: Tensor) -> Tensor:
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate(self.step)
        kind = self.device.type
        with torch.autocast(kind, torch.bfloat16, enabled=self.recipe.precision == "bfloat16"):
            logits = self.net(pictures.contiguous(memory_format=torch.channels_last))
        loss = dice_and_cross_entropy(logits, labels)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._share_gradients()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.average.update_parameters(self.net)
        self.step += 1
        return loss.detach()

    def _share_gradients(self) -> None:
        """Every process of a team steps along the mean of all gradients."""
        if self.team == 1:
            return
        gradients = [parameter.grad for parameter in self.net.parameters() if parameter.grad is not None]
        together = torch.cat([gradient.reshape(-1) for gradient in gradients])
        distributed.all_reduce(together)
        means = torch.split(together / self.team, [gradient.numel() for gradient in gradients])
        for gradient, mean in zip(gradients, means, strict=True):
            gradient.copy_(mean.view_as(gradient))

    def _batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Augmented batches from the pool, from the present step on; the same for every run of the recipe."""
        recipe = self.recipe
        made = recipe.first + int(recipe.fresh * self.step)
        start = max(0, made - recipe.pool)
        stacks = stream(recipe.seed + 1000 * self.rank, start, self.workers)
        pool = _Pool(recipe.pool, self.device)
        for number in range(start, made):
            pool.put(number, next(stacks))
        while True:
            wanted = recipe.first + int(recipe.fresh * self.step)
            for number in range(made, wanted):
                pool.put(number, next(stacks))
            made = wanted
            random = torch.Generator(self.device).manual_seed(
                (recipe.seed * 1_000_003 + self.step) * self.team + self.rank
            )
            yield pool.draw(min(made, recipe.pool), recipe.batch, random)


def _in_a_team() -> bool:
    return distributed.is_available() and distributed.is_initialized()


class _Pool:
    """The last stacks of the stream, on the device."""

    def __init__(self, size: int, device: torch.device) -> None:
        self.size, self.device = size, device
        self.pictures = self.labels = torch.empty(0)
        self.alone = torch.zeros(size, dtype=torch.bool, device=device)

    def put(self, number: int, stack: LabelledStack) -> None:
        pictures, labels = torch.from_numpy(stack.pictures), torch.from_numpy(stack.labels)
        if not self.pictures.numel():
            self.pictures = torch.empty((self.size, *pictures.shape), dtype=pictures.dtype, device=self.device)
            self.labels = torch.empty((self.size, *labels.shape), dtype=labels.dtype, device=self.device)
        self.pictures[number % self.size] = pictures.to(self.device)
        self.labels[number % self.size] = labels.to(self.device)
        self.alone[number % self.size] = stack.long_axis

    def draw(self, filled: int, batch: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
        which = torch.randint(filled, (batch,), device=self.device, generator=random)
        slices = torch.randint(self.pictures.shape[1], (batch,), device=self.device, generator=random)
        return cut_samples(self.pictures[which], self.labels[which], slices, self.alone[which], random)


__all__ = ["Recipe", "Trainer"]
