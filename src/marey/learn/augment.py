"""Training samples cut from generated stacks: another orientation, size, brightness and noise each time."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from marey.nets.labels import HIGH, LOW, WINDOW


def cut_samples(
    pictures: Tensor, labels: Tensor, slices: Tensor, alone: Tensor, random: torch.Generator
) -> tuple[Tensor, Tensor]:
    """One augmented sample of each stack: the chosen slice between its neighbours, and its labels.

    Args:
        pictures: ``(batch, slice, row, column)``.
        labels: same shape, integers.
        slices: ``(batch,)`` the slice of each stack to learn.
        alone: ``(batch,)`` whether a stack's slices are no neighbours (long axes).
        random: on the device of `pictures`.

    Returns:
        ``(batch, 3, WINDOW, WINDOW)`` normalised pictures (below, the slice, above; 0 where there is none) and
        ``(batch, WINDOW, WINDOW)`` int64 labels.
    """
    batch, depth = pictures.shape[:2]
    rows = torch.arange(batch, device=pictures.device)
    below, above = (slices - 1).clamp(min=0), (slices + 1).clamp(max=depth - 1)
    channels = torch.stack([pictures[rows, below], pictures[rows, slices], pictures[rows, above]], 1).float()
    truth = labels[rows, slices][:, None].float()
    grid = _random_grid(truth, random)
    channels = F.grid_sample(channels, grid, mode="bilinear", padding_mode="border", align_corners=False)
    truth = F.grid_sample(truth, grid, mode="nearest", padding_mode="zeros", align_corners=False)
    channels = normalise(_random_brightness(_random_blur(channels, random), random)) * _random_gain(channels, random)
    lost = torch.rand(batch, 2, device=channels.device, generator=random) < 0.3
    lost[:, 0] |= (slices == 0) | alone
    lost[:, 1] |= (slices == depth - 1) | alone
    channels[:, 0] *= ~lost[:, 0, None, None]
    channels[:, 2] *= ~lost[:, 1, None, None]
    swap = torch.rand(batch, device=channels.device, generator=random) < 0.5  # stacks run either way
    channels = torch.where(swap[:, None, None, None], channels.flip(1), channels)
    return channels, truth[:, 0].long()


def normalise(channels: Tensor) -> Tensor:
    """The same as `marey.nets.labels.normalise`, on tensors ``(batch, channel, row, column)``."""
    flat = channels[..., ::2, ::2].flatten(2)
    low, high = torch.quantile(flat, torch.tensor([LOW, HIGH], device=flat.device), dim=2)[..., None, None]
    scaled: Tensor = (channels - low) / (high - low).clamp(min=1e-6)
    return scaled.clamp(-0.3, 1.6)


def _random_gain(channels: Tensor, random: torch.Generator) -> Tensor:
    """The brightest pixels may lie in fat near the coil and leave the heart dark: 0.4 to 1.1 of full brightness."""
    level = torch.rand(channels.shape[0], 1, 1, 1, device=channels.device, generator=random)
    return torch.exp(-0.9 * level * level + 0.1 * (level < 0.3))


def _random_grid(like: Tensor, random: torch.Generator) -> Tensor:
    """Any rotation (half of them within 40 degrees of upright), mirrored or not, 0.8 to 1.25 in size, slightly bent."""
    batch, size = like.shape[0], like.shape[-1]

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(batch, device=like.device, generator=random) * (high - low) + low

    upright = uniform(0, 1) < 0.5
    angle = torch.where(upright, uniform(-0.7, 0.7), uniform(-math.pi, math.pi))
    mirror = torch.where(uniform(0, 1) < 0.3, -1.0, 1.0)
    scale = torch.exp(uniform(-0.2, 0.22)) * WINDOW / size
    aspect = torch.exp(uniform(-0.08, 0.08))
    shift = torch.stack([uniform(-0.12, 0.28), uniform(-0.2, 0.2)], 1)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    matrix = torch.stack(
        [
            torch.stack([scale * aspect * cosine * mirror, -scale * sine, shift[:, 0]], 1),
            torch.stack([scale * sine * mirror, scale / aspect * cosine, shift[:, 1]], 1),
        ],
        1,
    )
    grid = F.affine_grid(matrix, [batch, 1, WINDOW, WINDOW], align_corners=False)
    bend = torch.randn(batch, 2, 5, 5, device=like.device, generator=random) * uniform(0, 0.03)[:, None, None, None]
    bend = F.interpolate(bend, size=(WINDOW, WINDOW), mode="bicubic", align_corners=False)
    return grid + bend.permute(0, 2, 3, 1)


def _random_blur(channels: Tensor, random: torch.Generator) -> Tensor:
    """A third of the samples lose resolution."""
    batch = channels.shape[0]
    weight = torch.rand(batch, 1, 1, 1, device=channels.device, generator=random)
    coarse = F.interpolate(F.avg_pool2d(channels, 2), scale_factor=2.0, mode="bilinear", align_corners=False)
    weight = torch.where(weight < 1 / 3, weight * 3, torch.zeros_like(weight))
    return channels + weight * (coarse - channels)


def _random_brightness(channels: Tensor, random: torch.Generator) -> Tensor:
    """Another display curve, another coil slope per slice, a little more noise."""
    batch, device = channels.shape[0], channels.device
    gamma = torch.exp(0.2 * torch.randn(batch, 1, 1, 1, device=device, generator=random))
    slope = 0.35 * torch.randn(batch, 3, 1, 2, device=device, generator=random)
    axis = torch.linspace(-1, 1, channels.shape[-1], device=device)
    shade = torch.exp(slope[..., :1] * axis[:, None] + slope[..., 1:] * axis[None])
    noise = torch.randn(channels.shape, device=device, generator=random)
    level = 0.03 * torch.rand(batch, 1, 1, 1, device=device, generator=random)
    return channels.clamp(min=0) ** gamma * shade + level * noise


__all__ = ["cut_samples", "normalise"]
