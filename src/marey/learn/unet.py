"""The network: a plain U-Net for slices with their neighbours as channels."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def _block(inputs: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for width in (inputs, outputs):
        layers += [
            nn.Conv2d(width, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs, momentum=0.05),
            nn.ReLU(),
        ]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Encoder and decoder of equal widths with skips (Ronneberger 2015, doi:10.1007/978-3-319-24574-4_28).

    Args:
        inputs: channels in.
        classes: channels out (logits).
        widths: channels per level; each level halves the resolution.
    """

    def __init__(self, inputs: int, classes: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        down = zip((inputs, *widths), widths, strict=False)
        self.encoder = nn.ModuleList(_block(a, b) for a, b in down)
        up = zip(reversed(widths[1:]), reversed(widths[:-1]), strict=True)
        self.decoder = nn.ModuleList(_block(a + b, b) for a, b in up)
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits ``(batch, class, row, column)`` of pictures ``(batch, input, row, column)``."""
        skips = []
        for level, block in enumerate(self.encoder):
            x = block(F.max_pool2d(x, 2) if level else x)
            skips.append(x)
        for level, block in enumerate(self.decoder):
            x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = block(torch.cat([x, skips[-2 - level]], dim=1))
        logits: Tensor = self.head(x)
        return logits


__all__ = ["UNet"]
