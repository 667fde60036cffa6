"""EfficientNet-Lite as content encoder: a pyramid of features of what is in the photo, from fine and plain to coarse and meaningful.

Batch norms are folded into the convolutions, as a finished network has them. Letters: B photos, H x W pixels, C channels.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration


def same_convolution(x: Tensor, layer: nn.Conv2d) -> Tensor:
    """TensorFlow's "same" padding: the sides shrink to their stride's part, rounded up, and an odd rest of the border is at the bottom right."""
    (kernel, _), (stride, _) = layer.kernel_size, layer.stride
    pads = []
    for side in (x.shape[3], x.shape[2]):
        border = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        pads += [border // 2, border - border // 2]
    return F.conv2d(F.pad(x, pads), layer.weight, layer.bias, layer.stride, 0, 1, layer.groups)


class InvertedResidual(nn.Module):
    """Widen, look around channel by channel, narrow; with a shortcut where the shape stays. No squeeze-and-excitation in the Lite networks."""

    def __init__(self, channels_in: int, channels_out: int, expansion: int, kernel: int, stride: int):
        super().__init__()
        inner = channels_in * expansion
        self.expand = nn.Conv2d(channels_in, inner, 1) if expansion > 1 else None
        self.depthwise = nn.Conv2d(inner, inner, kernel, stride, groups=inner)
        self.project = nn.Conv2d(inner, channels_out, 1)
        self.shortcut = stride == 1 and channels_in == channels_out

    def forward(self, x: Tensor) -> Tensor:
        h = x if self.expand is None else F.relu6(self.expand(x))
        h = self.project(F.relu6(same_convolution(h, self.depthwise)))
        return h + x if self.shortcut else h


class EfficientNet(nn.Module):
    """A photo [B, 3, H, W] in [0, 1] to its pyramid: the last features [B, C, H / s, W / s] at each s = 2, 4, 8, 16, 32, and those of the head.

    ``stages`` of the configuration are rows (repeats, channels, expansion, kernel, stride of the first).
    """

    def __init__(self, config: Configuration):
        super().__init__()
        self.config = config
        self.stem = nn.Conv2d(3, config.stem_channels, 3, 2)
        blocks, channels = [], config.stem_channels
        for repeats, width, expansion, kernel, stride in config.stages:
            for index in range(repeats):
                blocks.append(InvertedResidual(channels, width, expansion, kernel, stride if index == 0 else 1))
                channels = width
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Conv2d(channels, config.head_channels, 1)

    @staticmethod
    def pyramid_channels(config: Configuration) -> list[int]:
        """Channels of what ``forward`` gives."""
        widths = [config.stem_channels]
        for _, width, _, _, stride in config.stages:
            if stride > 1:
                widths.append(width)
            widths[-1] = width
        return [*widths, config.head_channels]

    def forward(self, photo: Tensor) -> list[Tensor]:
        mean, deviation = (photo.new_tensor(values).view(1, 3, 1, 1) for values in (self.config.mean, self.config.std))
        h = F.relu6(same_convolution((photo - mean) / deviation, self.stem))
        pyramid = []
        for block in self.blocks:
            if block.depthwise.stride[0] > 1:
                pyramid.append(h)
            h = block(h)
        return [*pyramid, h, F.relu6(self.head(h))]
