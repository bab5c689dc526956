"""A small network that learns to tell two sources of slices apart."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from appearance.samples import Sample

FOLDS, STEPS, BATCH = 5, 250, 32


def accuracy(one: list[Sample], other: list[Sample], seed: int = 0) -> tuple[float, float]:
    """Mean over the sources of the share that is recognised, and its standard error over persons.

    Cross-validated, persons kept apart; pictures are normalised, turned and mirrored, so that neither brightness nor
    orientation decides.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    pictures = torch.from_numpy(np.stack([_normal(s.picture) for s in one + other]))[:, None]
    truth = torch.cat([torch.zeros(len(one)), torch.ones(len(other))])
    person = np.array([s.person for s in one + other])
    names = rng.permutation(np.unique(person))
    right = np.zeros(len(person))
    for part in np.array_split(names, FOLDS):
        held = torch.from_numpy(np.isin(person, part))
        net = _trained(pictures[~held], truth[~held], rng)
        with torch.no_grad():
            right[held.numpy()] = ((net(pictures[held])[:, 0] > 0) == (truth[held] > 0.5)).numpy()
    means = [
        np.array([right[person == name].mean() for name in np.unique(person[k])]) for k in (truth == 0, truth == 1)
    ]
    error = np.sqrt(sum(m.var(ddof=1) / len(m) for m in means)) / 2
    return float(np.mean([m.mean() for m in means])), float(error)


def _normal(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = picture[8:-8, 8:-8]
    low, high = np.quantile(middle, (0.02, 0.98))
    return np.asarray(np.clip((middle - low) / max(high - low, 1e-6), 0, 1.2), np.float32)


def _trained(pictures: Tensor, truth: Tensor, rng: np.random.Generator) -> nn.Module:
    net = nn.Sequential(
        *_halved(1, 12), *_halved(12, 24), *_halved(24, 48), *_halved(48, 48),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 1),
    )  # fmt: skip
    optimiser = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=1e-2)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=STEPS)
    sides = [np.flatnonzero(truth.numpy() == value) for value in (0, 1)]
    for _ in range(STEPS):
        which = np.concatenate([rng.choice(side, BATCH // 2) for side in sides])
        batch = torch.rot90(pictures[which], int(rng.integers(4)), (2, 3))
        if rng.random() < 0.5:
            batch = batch.flip(3)
        loss = nn.functional.binary_cross_entropy_with_logits(net(batch)[:, 0], truth[which])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        plan.step()
    return net.eval()


def _halved(before: int, after: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(before, after, 3, 2, 1), nn.BatchNorm2d(after), nn.ReLU()


__all__ = ["accuracy"]
