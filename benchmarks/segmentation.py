"""Time to label a 256x256 slice beside two networks that people would use instead, in one process on the same cores.

    pip install dynamic-network-architectures monai
    python benchmarks/segmentation.py [--repeats 3]

- "Marey": everything from the source pixels to labels on them: finding the heart, network, clean-up, interpolation.
- "nnU-Net 2D": the plain convolutional U-Net that nnU-Net plans for cine MR (33.5 million parameters), with random
  weights; the network alone, without its mirroring, folds, resampling and export.
- "MONAI UNet": MONAI's network with about as many parameters as Marey's; the network alone.

The peers run in torch, as they ship, and exported to Marey's engine.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from dynamic_network_architectures.architectures.unet import PlainConvUNet
from monai.networks.nets import UNet  # type: ignore[attr-defined, unused-ignore]
from torch import nn

from marey.core import Image
from marey.detect.heart_box import FindHeart
from marey.nets.cine_net import CineNet
from marey.nets.engine import best_engine, open_network
from marey.scan.cine import CineExam
from marey.segment.short_axis import SegmentShortAxis

SIZE, BATCH = 256, 4


def nnunet() -> nn.Module:
    """The 2D plan for cine MR."""
    net: nn.Module = PlainConvUNet(
        1, 7, (32, 64, 128, 256, 512, 512, 512), nn.Conv2d, 3, (1, 2, 2, 2, 2, 2, 2), 2, 4, 2,
        conv_bias=True, norm_op=nn.InstanceNorm2d, norm_op_kwargs={"affine": True}, nonlin=nn.LeakyReLU,
    )  # fmt: skip
    return net.eval()


def monai() -> nn.Module:
    """About as many parameters as Marey's network."""
    net: nn.Module = UNet(2, 1, 4, channels=(18, 36, 72, 144, 208), strides=(2, 2, 2, 2), num_res_units=2)
    return net.eval()


def marey(image: Image) -> Callable[[], object]:
    """The whole labelling of an exam."""
    net = CineNet()
    find, segment = FindHeart(net=net), SegmentShortAxis(net=net)

    def run() -> object:
        box = find(image)
        return segment(image.crop(box.rows, box.columns)).on(image.grid, box.rows, box.columns)

    return run


def in_torch(net: nn.Module) -> Callable[[], object]:
    """One batch in torch."""
    pictures = torch.randn(BATCH, 1, SIZE, SIZE)

    def run() -> object:
        with torch.inference_mode():
            return net(pictures)

    return run


def in_engine(net: nn.Module, folder: str) -> Callable[[], object]:
    """One batch in the engine that Marey uses."""
    path = Path(folder) / f"{type(net).__name__}.onnx"
    program = torch.onnx.export(net, (torch.zeros(BATCH, 1, SIZE, SIZE),), dynamo=True, verbose=False)
    if program is None:
        raise RuntimeError("the network could not be exported")
    program.save(str(path), external_data=False)
    network = open_network(path)
    pictures = np.random.default_rng(0).standard_normal((BATCH, 1, SIZE, SIZE), dtype=np.float32)
    return lambda: network(pictures)


def seconds(run: Callable[[], object], slices: int, repeats: int) -> float:
    """Best time per slice; the first run warms up."""
    run()
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begin)
    return best / slices


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    image = CineExam(slices=10, phases=12, matrix=SIZE)(np.random.default_rng(7), "healthy").image
    ours = seconds(marey(image), image.phases * image.grid.shape[0], repeats)
    print(f"engine {best_engine()}, {torch.get_num_threads()} threads, {SIZE}x{SIZE} pixels")
    print("| network | parameters | ms a slice | times Marey |\n|---|---|---|---|")
    print(f"| Marey, pixels to labels | 1.6 M | {1000 * ours:.1f} | 1 |")
    with TemporaryDirectory() as folder:
        for name, net in (("nnU-Net 2D", nnunet()), ("MONAI UNet", monai())):
            size = sum(parameter.numel() for parameter in net.parameters()) / 1e6
            for how, run in (("torch", in_torch(net)), (best_engine(), in_engine(net, folder))):
                taken = seconds(run, BATCH, repeats)
                print(f"| {name}, {how} | {size:.1f} M | {1000 * taken:.1f} | {taken / ours:.1f} |")


if __name__ == "__main__":
    main()
