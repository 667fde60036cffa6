"""Text re-weighting (paper section 3.4): a weight for every token and frame, so that motion words count more.

Letters: B clips, F frames, L tokens, D text width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .configuration import Configuration
from .text_encoder import TextLayer


class TextReweighting(nn.Module):
    """A few transformer layers over the token embeddings, then a linear layer with one row per frame of the head, and a sigmoid."""

    def __init__(self, config: Configuration, width: int):
        super().__init__()
        self.layers = nn.ModuleList([
            TextLayer(width, config.num_attention_heads, config.intermediate_size, config.hidden_act, config.layer_norm_eps)
            for _ in range(config.num_hidden_layers)])
        self.head = nn.Linear(width, config.frames)

    def forward(self, tokens: Tensor, progress: Tensor) -> Tensor:
        """tokens [B, L, D], progress [B, F] = n/(F-1) to weights [B, F, L] in (0, 1)."""
        x = tokens
        for layer in self.layers:
            x = layer(x, causal=False)
        weights = torch.sigmoid(self.head(x)).transpose(1, 2)  # [B, F_h, L]
        rows = weights.shape[1]
        if rows == 1:
            return weights.expand(-1, progress.shape[1], -1)
        place = progress * (rows - 1)
        lower = place.floor().clamp(0, rows - 2).long()
        fraction = (place - lower)[..., None]
        index = lower[..., None].expand(-1, -1, tokens.shape[1])
        return weights.gather(1, index) * (1 - fraction) + weights.gather(1, index + 1) * fraction


def valid_tokens(ids: Tensor, eos: int) -> Tensor:
    """Which positions [B, L] count as text: all up to and including the first end-of-text token."""
    ended = (ids == eos).long().cumsum(1)
    return (ended - (ids == eos).long()) == 0


def apply_weights(tokens: Tensor, weights: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
    """Text states [B, F, L, D] = weight times embedding, and text bag [B, F, D] = their mean over the valid tokens."""
    states = tokens[:, None] * weights[..., None]
    mask = valid[:, None, :, None].to(states.dtype)
    return states, (states * mask).sum(2) / mask.sum(2)
