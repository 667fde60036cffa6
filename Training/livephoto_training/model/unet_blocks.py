"""The parts that the video UNet and the mask UNet are made of (diffusers' names).

Letters: B clips, F frames, C channels, h x w latent cells, L text tokens, T content tokens, E width of the embedding,
P width of the sinusoidal time features.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .transformer import MotionModule, SpatialTransformer, clip_group_norm


def time_features(values: Tensor, width: int) -> Tensor:
    """Sinusoidal features, cosines first. values [...] to [..., width]."""
    half = width // 2
    rates = torch.exp(torch.arange(half, device=values.device, dtype=torch.float32) * (-math.log(10000.0) / half))
    angles = values[..., None].float() * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class Embedding(nn.Module):
    """Linear, SiLU, linear."""

    def __init__(self, channels_in: int, channels_out: int):
        super().__init__()
        self.linear_1 = nn.Linear(channels_in, channels_out)
        self.linear_2 = nn.Linear(channels_out, channels_out)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear_2(F.silu(self.linear_1(x)))


class Context:
    """What every layer may look at during one forward pass."""

    def __init__(self, embedding: Tensor, text: Tensor, content: Tensor | None, positions: Tensor):
        self.embedding = embedding  # [B F, E]
        self.text = text  # [B F, L, D]
        self.content = content  # [B, T, D] or None
        self.positions = positions  # [B, F]


class ResnetBlock(nn.Module):
    """Two convolutions beside a shortcut; the embedding shifts, or scales and shifts, what the second one sees."""

    def __init__(self, channels_in: int, channels_out: int, config: Configuration, embedding: int):
        super().__init__()
        self.scale_shift = config.resnet_time_scale_shift == "scale_shift"
        self.clip_norm = config.resnet_norm_scope == "clip"
        self.norm1 = nn.GroupNorm(config.norm_num_groups, channels_in, config.norm_eps)
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.time_emb_proj = nn.Linear(embedding, channels_out * (2 if self.scale_shift else 1))
        self.norm2 = nn.GroupNorm(config.norm_num_groups, channels_out, config.norm_eps)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else None

    def forward(self, x: Tensor, context: Context) -> Tensor:
        h = self.conv1(F.silu(self.normalise(self.norm1, x, context)))
        embedded = self.time_emb_proj(F.silu(context.embedding))[:, :, None, None]
        if self.scale_shift:
            scale, shift = embedded.chunk(2, dim=1)
            h = self.normalise(self.norm2, h, context) * (1 + scale) + shift
        else:
            h = self.normalise(self.norm2, h + embedded, context)
        h = self.conv2(F.silu(h))
        return h + (x if self.conv_shortcut is None else self.conv_shortcut(x))

    def normalise(self, norm: nn.GroupNorm, x: Tensor, context: Context) -> Tensor:
        return clip_group_norm(norm, x, context.positions.shape[1]) if self.clip_norm else norm(x)


class Resampler(nn.Module):
    """Halves both sides by a strided convolution, or enlarges to a given size (nearest) and convolves."""

    def __init__(self, channels: int, channels_out: int | None = None, down: bool = False):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels_out or channels, 3, stride=2 if down else 1, padding=1)

    def forward(self, x: Tensor, size: tuple[int, int] | None = None) -> Tensor:
        return self.conv(x if size is None else F.interpolate(x, size=size, mode="nearest"))


class Block(nn.Module):
    """The layers of one resolution on one side of the U, each a resnet, a spatial transformer (or none) and a motion module."""

    def __init__(self, widths: list[tuple[int, int]], config: Configuration, embedding: int, attention: bool, motion: bool):
        super().__init__()
        channels = widths[-1][1]
        self.resnets = nn.ModuleList([ResnetBlock(i, o, config, embedding) for i, o in widths])
        if attention:
            self.attentions = nn.ModuleList([spatial_transformer(channels, config) for _ in widths])
        if motion:
            self.motion_modules = nn.ModuleList([motion_module(channels, config) for _ in widths])

    def layer(self, index: int, x: Tensor, context: Context) -> Tensor:
        x = self.resnets[index](x, context)
        if hasattr(self, "attentions"):
            x = self.attentions[index](x, context.text, context.content)
        if hasattr(self, "motion_modules"):
            x = self.motion_modules[index](x, context.positions)
        return x


class MidBlock(nn.Module):
    """Resnet, transformer, motion module, resnet."""

    def __init__(self, channels: int, config: Configuration, embedding: int):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock(channels, channels, config, embedding) for _ in range(2)])
        self.attentions = nn.ModuleList([spatial_transformer(channels, config)])
        if config.use_motion_modules and config.get("use_motion_mid_block", True):
            self.motion_modules = nn.ModuleList([motion_module(channels, config)])

    def forward(self, x: Tensor, context: Context) -> Tensor:
        x = self.resnets[0](x, context)
        x = self.attentions[0](x, context.text, context.content)
        if hasattr(self, "motion_modules"):
            x = self.motion_modules[0](x, context.positions)
        return self.resnets[1](x, context)


def spatial_transformer(channels: int, config: Configuration) -> SpatialTransformer:
    return SpatialTransformer(channels, config.num_attention_heads, config.norm_num_groups, config.cross_attention_dim,
                              bool(config.image_cross_attention), bool(config.use_linear_projection))


def motion_module(channels: int, config: Configuration) -> MotionModule:
    return MotionModule(channels, config.motion_num_attention_heads, config.norm_num_groups, config.motion_norm_scope == "clip")
