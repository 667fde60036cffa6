"""What the video UNet says of motion beside its prediction: a dense flow, or masks and a program (Models/FORMAT.md).

Letters: B clips, F frames, C channels, h x w latent cells, r upscaling, H x W pixels, D text width, E width of the embedding.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .mask_unet import MaskUNet
from .motion_program import MotionProgram, Program
from .unet_blocks import time_features


@dataclass
class MotionPrediction:
    """What the dense motion head says: dense [B, F, 3, r h, r w] = (u, v, g) and global [B, F, 9] = six affine numbers and a tint."""

    dense: Tensor
    affine: Tensor


@dataclass
class LayerPrediction:
    """What the layered motion head says: logits of the masks (object, region, depth) [B, 3, H / 2, W / 2], and the program."""

    logits: Tensor
    program: Program

    @property
    def masks(self) -> Tensor:
        return torch.sigmoid(self.logits)


class MotionHead(nn.Module):
    """Dense flow and brightness from the features, a global affine flow and tint from the embedding."""

    def __init__(self, channels: int, config: Configuration, embedding: int):
        super().__init__()
        hidden, self.upscale = config.motion_head.hidden_channels, config.motion_head.upscale
        self.norm = nn.GroupNorm(config.norm_num_groups, channels, config.norm_eps)
        self.conv_1 = nn.Conv2d(channels, hidden, 3, padding=1)
        self.conv_2 = nn.Conv2d(hidden, 3 * self.upscale ** 2, 3, padding=1)
        self.affine_1 = nn.Linear(embedding, hidden)
        self.affine_2 = nn.Linear(hidden, 9)

    def forward(self, x: Tensor, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """x [B F, C, h, w], embedding [B F, E] to dense [B F, 3, r h, r w] and affine [B F, 9]."""
        dense = self.conv_2(F.silu(self.conv_1(F.silu(self.norm(x)))))
        affine = self.affine_2(F.silu(self.affine_1(F.silu(embedding))))
        return F.pixel_shuffle(dense, self.upscale), affine


class LayerHead(nn.Module):
    """Masks of what moves from what is in the photo, words and features, and the program of the motion from words and level."""

    def __init__(self, channels: int, config: Configuration, text_width: int, pyramid: list[int]):
        super().__init__()
        self.level_width = config.block_out_channels[0]
        self.photo = MaskUNet(channels, config, text_width, pyramid)
        self.program = MotionProgram(text_width, self.level_width, config.motion_head.program_channels)

    def forward(self, x: Tensor, text_bag: Tensor, text: Tensor, level: Tensor, pyramid: list[Tensor], content: Tensor | None) -> LayerPrediction:
        """x [B, F, C, h, w], text_bag [B, F, D], text [B, F, L, D], level [B, F], pyramid of the content encoder, content [B, T, D].

        Every frame has its say on the masks: they are of the photo, not of a frame.
        """
        logits = self.photo(pyramid, x.mean(1), text_bag.mean(1), text.mean(1), content)  # [B, 3, H / 2, W / 2]
        return LayerPrediction(logits, self.program(text_bag.mean(1), time_features(100 * level[:, 0], self.level_width)))
