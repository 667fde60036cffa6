"""DINOv2 with the tensor names of the released files; gives the photo's patch tokens.

Letters: B photos, T patches, D width.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .text_encoder import attend


class PatchEmbeddings(nn.Module):
    def __init__(self, patch: int, width: int):
        super().__init__()
        self.projection = nn.Conv2d(3, width, patch, stride=patch)


class Embeddings(nn.Module):
    """Patches, a class token in front, learned positions, and optional registers after the class token."""

    def __init__(self, config: Configuration):
        super().__init__()
        width, side = config.hidden_size, config.image_size // config.patch_size
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.mask_token = nn.Parameter(torch.zeros(1, width))
        self.position_embeddings = nn.Parameter(torch.zeros(1, side * side + 1, width))
        registers = config.get("num_register_tokens", 0)
        if registers:
            self.register_tokens = nn.Parameter(torch.zeros(1, registers, width))
        self.patch_embeddings = PatchEmbeddings(config.patch_size, width)

    def forward(self, pixels: Tensor) -> Tensor:
        patches = self.patch_embeddings.projection(pixels).flatten(2).transpose(1, 2)  # [B, T, D]
        x = torch.cat([self.cls_token.expand(len(pixels), -1, -1), patches], dim=1) + self.position_embeddings
        if hasattr(self, "register_tokens"):
            x = torch.cat([x[:, :1], self.register_tokens.expand(len(pixels), -1, -1), x[:, 1:]], dim=1)
        return x


class Attention(nn.Module):
    """Holds ``attention.attention.{query,key,value}`` and ``attention.output.dense``."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.attention = nn.Module()
        self.attention.query = nn.Linear(width, width)
        self.attention.key = nn.Linear(width, width)
        self.attention.value = nn.Linear(width, width)
        self.output = nn.Module()
        self.output.dense = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        parts = (self.attention.query, self.attention.key, self.attention.value)
        q, k, v = (p(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for p in parts)
        return self.output.dense(attend(q, k, v).transpose(1, 2).flatten(2))


class MLP(nn.Module):
    def __init__(self, width: int, ratio: int):
        super().__init__()
        self.fc1 = nn.Linear(width, ratio * width)
        self.fc2 = nn.Linear(ratio * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.gelu(self.fc1(x)))


class SwiGLU(nn.Module):
    """The giant model's feed-forward: one fused input layer for gate and value, 2/3 of the plain width, rounded up to eights."""

    def __init__(self, width: int, ratio: int):
        super().__init__()
        inner = (int(width * ratio * 2 / 3) + 7) // 8 * 8
        self.weights_in = nn.Linear(width, 2 * inner)
        self.weights_out = nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        gate, value = self.weights_in(x).chunk(2, dim=-1)
        return self.weights_out(F.silu(gate) * value)


class LayerScale(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.lambda1 = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.lambda1


class Layer(nn.Module):
    """One pre-norm transformer layer with learned scales on both branches."""

    def __init__(self, config: Configuration):
        super().__init__()
        width = config.hidden_size
        self.norm1 = nn.LayerNorm(width, config.layer_norm_eps)
        self.attention = Attention(width, config.num_attention_heads)
        self.layer_scale1 = LayerScale(width)
        self.norm2 = nn.LayerNorm(width, config.layer_norm_eps)
        self.mlp = SwiGLU(width, config.mlp_ratio) if config.use_swiglu_ffn else MLP(width, config.mlp_ratio)
        self.layer_scale2 = LayerScale(width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.layer_scale1(self.attention(self.norm1(x)))
        return x + self.layer_scale2(self.mlp(self.norm2(x)))


class ContentEncoder(nn.Module):
    """A photo [B, 3, H, W] in [0, 1] to patch tokens [B, T, D], without the class token and the registers."""

    def __init__(self, config: Configuration):
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        self.encoder = nn.Module()
        self.encoder.layer = nn.ModuleList([Layer(config) for _ in range(config.num_hidden_layers)])
        self.layernorm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)

    def prepare(self, photo: Tensor) -> Tensor:
        """Resize (antialiased bilinear; the whole photo, or a centre crop) and normalise."""
        side = self.config.image_size
        if self.config.get("resize", "stretch") == "crop":
            height, width = photo.shape[-2:]
            scale = side / min(height, width)
            size = (max(side, int(height * scale + 0.5)), max(side, int(width * scale + 0.5)))
            photo = F.interpolate(photo, size=size, mode="bilinear", align_corners=False, antialias=True)
            top, left = (size[0] - side) // 2, (size[1] - side) // 2
            photo = photo[..., top:top + side, left:left + side]
        else:
            photo = F.interpolate(photo, size=(side, side), mode="bilinear", align_corners=False, antialias=True)
        mean, deviation = (photo.new_tensor(v).view(1, 3, 1, 1) for v in (self.config.mean, self.config.std))
        return (photo - mean) / deviation

    def forward(self, photo: Tensor) -> Tensor:
        x = self.embeddings(self.prepare(photo))
        for layer in self.encoder.layer:
            x = layer(x)
        return self.layernorm(x)[:, 1 + self.config.get("num_register_tokens", 0):]
