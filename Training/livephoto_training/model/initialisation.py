"""Starting weights for training from scratch."""

from __future__ import annotations

import torch
from torch import nn

from .livephoto import LivePhotoModel

#: Layers that start at zero, so that each new part begins as "no effect" (suffixes of module names).
ZERO_SUFFIXES = ("proj_out", "attn_img.to_out.0", "unet.conv_out")


def initialise(model: LivePhotoModel, seed: int) -> None:
    """Small normal token embeddings, zero output layers; everything else keeps PyTorch's defaults."""
    torch.manual_seed(seed)
    for name, module in model.named_modules():
        if name.startswith("vae."):
            continue
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.5 if "token" in name else 0.02)
        if name.endswith(ZERO_SUFFIXES) and isinstance(module, (nn.Linear, nn.Conv2d)):
            if name.startswith("unet."):
                nn.init.zeros_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
    with torch.no_grad():
        if hasattr(model.unet, "text_embedding_proj"):
            # Averaged words differ little from prompt to prompt; make them as loud as the time.
            model.unet.text_embedding_proj.weight.mul_(4)
        if model.unet.motion_head is not None:
            # Small, not zero: at zero no gradient reaches the words, and by the time one does they have been silenced.
            head = model.unet.motion_head
            if hasattr(head, "program"):
                layers = (head.photo.conv_out_2, head.program.shape, head.program.static, head.program.size_2)
                head.photo.text_embedding.linear_1.weight.mul_(4)  # as above
            else:
                layers = (head.conv_2, head.affine_2)
            for layer in layers:
                layer.weight.mul_(0.3)
                nn.init.zeros_(layer.bias)
    if hasattr(model.content_encoder, "embeddings"):
        nn.init.normal_(model.content_encoder.embeddings.position_embeddings, std=0.02)
        nn.init.normal_(model.content_encoder.embeddings.cls_token, std=0.02)
    if model.text_reweighting is not None:
        nn.init.normal_(model.text_reweighting.head.weight, std=0.02)
        nn.init.constant_(model.text_reweighting.head.bias, 1.0)
