"""Losses on logits and integer labels."""

from torch import Tensor
from torch.nn import functional as F


def dice_and_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy plus one minus the soft Dice over the batch, averaged over the foreground classes.

    Args:
        logits: ``(batch, class, row, column)``.
        labels: ``(batch, row, column)`` int64.
    """
    logits = logits.float()
    probability = logits.softmax(1)
    truth = F.one_hot(labels, logits.shape[1]).permute(0, 3, 1, 2).float()
    overlap = (probability * truth).sum((0, 2, 3))[1:]
    total = (probability + truth).sum((0, 2, 3))[1:]
    dice: Tensor = ((2 * overlap + 1) / (total + 1)).mean()
    return F.cross_entropy(logits, labels, label_smoothing=0.02) + 1 - dice


__all__ = ["dice_and_cross_entropy"]
