"""Attention and feed-forward parts shared by the spatial transformers and the motion modules (diffusers' names).

Letters: N sequences, S tokens of a sequence, T tokens attended to, D width.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .text_encoder import attend


class Attention(nn.Module):
    """Multi-head attention; no bias on queries, keys and values."""

    def __init__(self, width: int, heads: int, context_width: int | None = None):
        super().__init__()
        self.heads = heads
        context_width = width if context_width is None else context_width
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context_width, width, bias=False)
        self.to_v = nn.Linear(context_width, width, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """x [N, S, D] attends to context [N, T, D'], or to itself."""
        context = x if context is None else context
        q, k, v = (self.split(t) for t in (self.to_q(x), self.to_k(context), self.to_v(context)))
        mixed = attend(q, k, v)  # [N, heads, S, D / heads]
        return self.to_out[0](mixed.transpose(1, 2).flatten(2))

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)


class GEGLU(nn.Module):
    """A linear layer to twice the width; the second half gates the first through an exact GELU."""

    def __init__(self, width: int, inner: int):
        super().__init__()
        self.proj = nn.Linear(width, 2 * inner)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    """GEGLU at four times the width. ``net.1`` is diffusers' dropout and holds nothing."""

    def __init__(self, width: int):
        super().__init__()
        self.net = nn.ModuleList([GEGLU(width, 4 * width), nn.Identity(), nn.Linear(4 * width, width)])

    def forward(self, x: Tensor) -> Tensor:
        return self.net[2](self.net[0](x))


class SpatialTransformerBlock(nn.Module):
    """Self-attention, attention to the text, attention to the photo's content tokens, feed-forward."""

    def __init__(self, width: int, heads: int, context_width: int, image: bool):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn1 = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.attn2 = Attention(width, heads, context_width)
        self.norm_img = nn.LayerNorm(width) if image else None
        self.attn_img = Attention(width, heads, context_width) if image else None
        self.norm3 = nn.LayerNorm(width)
        self.ff = FeedForward(width)

    def forward(self, x: Tensor, text: Tensor, content: Tensor | None) -> Tensor:
        """x [B F, S, D], text states [B F, L, D'], content tokens [B, T, D'] shared by a clip's frames."""
        x = x + self.attn1(self.norm1(x))
        x = x + self.attn2(self.norm2(x), text)
        if self.attn_img is not None and content is not None:
            frames = x.shape[0] // content.shape[0]
            queries = self.norm_img(x).reshape(content.shape[0], frames * x.shape[1], -1)  # [B, F S, D]
            x = x + self.attn_img(queries, content).reshape(x.shape)
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    """Transformer2DModel: one block over the cells of each frame, added to its input."""

    def __init__(self, channels: int, heads: int, groups: int, context_width: int, image: bool, linear: bool):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, 1e-6)
        self.proj_in = nn.Linear(channels, channels) if linear else nn.Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList([SpatialTransformerBlock(channels, heads, context_width, image)])
        self.proj_out = nn.Linear(channels, channels) if linear else nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, text: Tensor, content: Tensor | None) -> Tensor:
        b, c, h, w = x.shape
        tokens = self.norm(x).permute(0, 2, 3, 1).reshape(b, h * w, c)
        tokens = project(self.proj_in, tokens)
        tokens = self.transformer_blocks[0](tokens, text, content)
        tokens = project(self.proj_out, tokens)
        return x + tokens.reshape(b, h, w, c).permute(0, 3, 1, 2)


def project(layer: nn.Module, tokens: Tensor) -> Tensor:
    """A linear layer or a 1x1 convolution, over tokens [..., C]."""
    return F.linear(tokens, layer.weight.flatten(1), layer.bias)


class MotionTransformerBlock(nn.Module):
    """Two self-attentions over time, each with the position added after its norm, and a feed-forward."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn1 = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.attn2 = Attention(width, heads)
        self.norm3 = nn.LayerNorm(width)
        self.ff = FeedForward(width)

    def forward(self, x: Tensor, position: Tensor) -> Tensor:
        """x [N, F, D], position [N or 1, F, D]."""
        x = x + self.attn1(self.norm1(x) + position)
        x = x + self.attn2(self.norm2(x) + position)
        return x + self.ff(self.norm3(x))


class MotionModule(nn.Module):
    """AnimateDiff's temporal transformer: each cell attends to itself in the clip's other frames."""

    def __init__(self, channels: int, heads: int, groups: int, clip_norm: bool):
        super().__init__()
        self.clip_norm = clip_norm
        self.scale = 1.0  # of what the module adds
        self.norm = nn.GroupNorm(groups, channels, 1e-6)
        self.proj_in = nn.Linear(channels, channels)
        self.transformer_blocks = nn.ModuleList([MotionTransformerBlock(channels, heads)])
        self.proj_out = nn.Linear(channels, channels)

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        """x [B F, C, h, w]; positions [B, F], real numbers in frames. A clip of one frame passes unchanged."""
        clips, frames = positions.shape
        if frames == 1:
            return x
        _, c, h, w = x.shape
        normed = clip_group_norm(self.norm, x, frames) if self.clip_norm else self.norm(x)
        tokens = normed.permute(0, 2, 3, 1).reshape(clips, frames, h * w, c).transpose(1, 2)  # [B, h w, F, C]
        tokens = self.proj_in(tokens.reshape(clips * h * w, frames, c))
        table = sinusoidal_positions(positions, c)  # [B, F, C]
        table = table[:, None].expand(clips, h * w, frames, c).reshape(clips * h * w, frames, c) if clips > 1 else table
        tokens = self.proj_out(self.transformer_blocks[0](tokens, table))
        tokens = tokens.reshape(clips, h * w, frames, c).transpose(1, 2).reshape(clips * frames, h, w, c)
        return x + self.scale * tokens.permute(0, 3, 1, 2)


def sinusoidal_positions(positions: Tensor, width: int) -> Tensor:
    """Transformer positions: even channels sin(p 10^(-4 i / (C/2))), odd channels cos. positions [B, F] to [B, F, C]."""
    rates = torch.exp(torch.arange(0, width, 2, device=positions.device, dtype=torch.float32) * (-math.log(10000.0) / width))
    angles = positions[..., None].float() * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


def clip_group_norm(norm: nn.GroupNorm, x: Tensor, frames: int) -> Tensor:
    """Group normalisation with statistics over all frames of a clip. x [B F, C, h, w]."""
    bf, c, h, w = x.shape
    clip = x.reshape(bf // frames, frames, c, h, w).transpose(1, 2)  # [B, C, F, h, w]
    return norm(clip).transpose(1, 2).reshape(bf, c, h, w)
