"""CLIP's text transformer with transformers' tensor names (without the ``text_model.`` prefix)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration


def quick_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


def attend(q: Tensor, k: Tensor, v: Tensor, causal: bool = False) -> Tensor:
    """softmax(q k^T / sqrt(d)) v over [N, heads, S, d].

    On a CPU, PyTorch's fused kernel is four to ten times slower in bfloat16 than plain products (PyTorch 2.13, AVX-512 BF16), so those
    are written out.
    """
    if q.dtype != torch.bfloat16 or q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if causal:
        scores = scores + torch.full(scores.shape[-2:], float("-inf"), dtype=scores.dtype).triu(1)
    return scores.softmax(-1).to(v.dtype) @ v


ACTIVATIONS = {"quick_gelu": quick_gelu, "gelu": F.gelu}


class SelfAttention(nn.Module):
    """Multi-head self-attention with biases, causal or not."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, x: Tensor, causal: bool) -> Tensor:
        q, k, v = (p(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        return self.out_proj(attend(q, k, v, causal).transpose(1, 2).flatten(2))


class MLP(nn.Module):
    def __init__(self, width: int, inner: int, activation: str):
        super().__init__()
        self.fc1 = nn.Linear(width, inner)
        self.fc2 = nn.Linear(inner, width)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.activation(self.fc1(x)))


class TextLayer(nn.Module):
    """One pre-norm transformer layer."""

    def __init__(self, width: int, heads: int, inner: int, activation: str, epsilon: float):
        super().__init__()
        self.self_attn = SelfAttention(width, heads)
        self.layer_norm1 = nn.LayerNorm(width, epsilon)
        self.mlp = MLP(width, inner, activation)
        self.layer_norm2 = nn.LayerNorm(width, epsilon)

    def forward(self, x: Tensor, causal: bool) -> Tensor:
        x = x + self.self_attn(self.layer_norm1(x), causal)
        return x + self.mlp(self.layer_norm2(x))


class TextEncoder(nn.Module):
    """Token ids [B, L] to token embeddings [B, L, D]: causal, padding not masked, final layer norm."""

    def __init__(self, config: Configuration):
        super().__init__()
        width = config.hidden_size
        self.embeddings = nn.Module()
        self.embeddings.token_embedding = nn.Embedding(config.vocab_size, width)
        self.embeddings.position_embedding = nn.Embedding(config.max_position_embeddings, width)
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList([
            TextLayer(width, config.num_attention_heads, config.intermediate_size, config.hidden_act, config.layer_norm_eps)
            for _ in range(config.num_hidden_layers)])
        self.final_layer_norm = nn.LayerNorm(width, config.layer_norm_eps)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embeddings.token_embedding(ids) + self.embeddings.position_embedding.weight[:ids.shape[1]]
        for layer in self.encoder.layers:
            x = layer(x, causal=True)
        return self.final_layer_norm(x)
