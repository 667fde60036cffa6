"""What a run keeps: averaged weights, checkpoints, learning-rate schedule."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import nn

from ..model.image_network import EfficientNet

#: Parts that stay as ``train.words`` and ``train.program`` left them: captions alone teach them, a thousand times as many as there are clips.
#: (While the words mean nothing they are mere noise to the losses on pictures, and the quickest way to silence them, the gain of the text
#: encoder's last norm or the words' weights, is taken for good.)
TAUGHT_BEFORE = ("text_encoder.", "text_reweighting.", "unet.motion_head.program.")
#: What trains with ``--freeze-image``: the paper's staged training on top of a frozen image model.
VIDEO_PARTS = ("motion_modules", "unet.conv_in", "content_proj", "attn_img", "norm_img", "text_reweighting", "motion_head",
               "conditioning_embedding", "text_embedding_proj")


#: What ``train.masks`` trains: what looks for the masks.
MASK_PARTS = ("motion_head.photo.",)


def trained_parameters(model: nn.Module, freeze_image: bool, masks_only: bool = False) -> dict[str, nn.Parameter]:
    """The parameters to train; the autoencoder, an EfficientNet and what captions have taught never are. The others stop asking for gradients."""
    chosen, pretrained = {}, isinstance(getattr(model, "content_encoder", None), EfficientNet)
    for name, parameter in model.named_parameters():
        if freeze_image:
            wanted = any(part in name for part in VIDEO_PARTS)
        else:
            wanted = not name.startswith(TAUGHT_BEFORE) and (not masks_only or any(part in name for part in MASK_PARTS))
        wanted = wanted and not name.startswith("vae.") and not (pretrained and name.startswith("content_encoder."))
        parameter.requires_grad_(wanted)
        if wanted:
            chosen[name] = parameter
    return chosen


def parameter_groups(parameters: dict[str, nn.Parameter], rate: float, decay: float) -> list[dict]:
    """Two groups: with and without weight decay (norms, biases, embeddings)."""
    groups: dict[bool, list[nn.Parameter]] = {True: [], False: []}
    for name, parameter in parameters.items():
        groups[parameter.ndim > 1 and "embeddings." not in name].append(parameter)
    return [{"params": params, "base_rate": rate, "lr": rate, "weight_decay": decay if decays else 0.0} for decays, params in groups.items() if params]


class Average:
    """Exponential moving average of the trained weights; starts fast."""

    def __init__(self, parameters: dict[str, nn.Parameter], decay: float):
        self.decay, self.updates = decay, 0
        self.values = {name: p.detach().clone() for name, p in parameters.items()}

    @torch.no_grad()
    def update(self, parameters: dict[str, nn.Parameter]) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(list(self.values.values()), [parameters[name].detach() for name in self.values], 1 - decay)


class Budget:
    """How long a run lasts: training samples, or minutes of training time summed over all its starts.

    ``budget.json`` in the run's folder (``{"minutes": 95}`` or ``{"samples": 60000}``) overrides the command line and is read again
    while the run goes on, so that the end can be moved.
    """

    def __init__(self, folder: Path, minutes: float | None, samples: int | None):
        self.file, self.minutes, self.samples = folder / "budget.json", minutes, samples
        self.refresh()

    def refresh(self) -> None:
        try:
            values = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return
        self.minutes, self.samples = values.get("minutes"), values.get("samples")

    def progress(self, samples: int, seconds: float) -> float:
        """0 at the start, 1 at the end."""
        parts = [samples / self.samples if self.samples else 0.0, seconds / 60 / self.minutes if self.minutes else 0.0]
        return min(1.0, max(parts))


def rate_factor(progress: float, step: int, warmup: int = 60, decay_from: float = 0.6) -> float:
    """Linear warm-up, constant, then a cosine to 2 % over the last part."""
    factor = min(1.0, (step + 1) / warmup)
    if progress > decay_from:
        factor *= 0.02 + 0.98 * (1 + math.cos(math.pi * (progress - decay_from) / (1 - decay_from))) / 2
    return factor


def linear_factor(progress: float, step: int, warmup: int = 50, decay_from: float = 0.5, least: float = 0.02) -> float:
    """Linear warm-up, constant, then a straight line to ``least`` over the last part: for runs of minutes."""
    return min(1.0, (step + 1) / warmup) * min(1.0, (1 - progress) / (1 - decay_from) + least)


def save_atomically(state: dict, path: Path) -> None:
    """A reader sees the old file or the new one, never a part."""
    temporary = path.with_suffix(".partial")
    torch.save(state, temporary)
    with open(temporary, "rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def compute_device() -> torch.device:
    """The GPU of this process, where there is one."""
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")


def descend(loss: torch.Tensor, optimiser: torch.optim.Optimizer, parameters: Iterable[nn.Parameter]) -> None:
    """One step down the gradient, which is no longer than 1; none where it is not a number: one batch must not be the end of a run."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    if nn.utils.clip_grad_norm_(parameters, 1.0).isfinite():
        optimiser.step()
