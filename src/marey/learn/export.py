"""From a trained network to an ONNX file that needs no torch."""

import warnings
from pathlib import Path

import torch
from torch import nn

from marey.core.files import write_with
from marey.nets.labels import WINDOW


class _WithProbabilities(nn.Module):
    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.net(pictures)
        return logits.softmax(1)


def export_onnx(net: nn.Module, path: Path) -> Path:
    """Write ``pictures (batch, 3, row, column) -> probabilities (batch, class, row, column)``; sizes divisible by 16.

    Args:
        net: gives logits.
        path: the .onnx file.
    """
    example = torch.zeros(2, 3, WINDOW, WINDOW)
    sizes = {0: torch.export.Dim("batch"), 2: torch.export.Dim.AUTO, 3: torch.export.Dim.AUTO}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the exporter's own
        program = torch.onnx.export(
            _WithProbabilities(net).eval(),
            (example,),
            input_names=["pictures"],
            output_names=["probabilities"],
            dynamic_shapes=(sizes,),
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export gave no program")
    return write_with(path, lambda temporary: program.save(str(temporary), external_data=False))


__all__ = ["export_onnx"]
