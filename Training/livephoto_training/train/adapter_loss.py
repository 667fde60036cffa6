"""The paper's training objective over a frozen image model: the noise of a clip, told by photo, sentence and level."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ..data.captioned import CaptionedClips
from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer
from ..pipeline.schedule import NoiseSchedule
from ..simulator.levels import LevelScale

#: What the paper trains; everything else is the frozen image model.
TRAINED = ("unet.conv_in.", "unet.content_proj.", "motion_modules.", ".attn_img.", ".norm_img.", "text_reweighting.")


def trained_parameters(model: LivePhotoModel) -> dict[str, nn.Parameter]:
    """The parameters to train; the others stop asking for gradients."""
    chosen = {}
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(any(part in name for part in TRAINED))
        if parameter.requires_grad:
            chosen[name] = parameter
    return chosen


class AdapterLoss(nn.Module):
    """Mean squared error of the predicted noise. One module, so that DistributedDataParallel sees every trained parameter used."""

    def __init__(self, model: LivePhotoModel):
        super().__init__()
        if model.config.scheduler.prediction_type != "epsilon" or model.config.unet.motion_head:
            raise SystemExit("the adapter is trained on noise prediction without a motion head, as in configs/sd15.json")
        self.model = model
        alphas = NoiseSchedule(model.config.scheduler).alphas_cumprod
        self.register_buffer("alphas", torch.from_numpy(alphas).float(), persistent=False)

    def forward(self, frames: Tensor, ids: Tensor, level: Tensor, time: Tensor, noise: Tensor) -> Tensor:
        """frames [B, F, 3, H, W] in [0, 1], ids [B, L], level [B], time [B] in whole steps, noise [B, F, C, h, w] -> scalar."""
        progress = torch.linspace(0, 1, frames.shape[1], device=frames.device).expand(len(frames), -1)
        with torch.no_grad():
            clean = self.model.encode_frames(frames)
        conditions = self.model.conditions(frames[:, 0], ids, level, progress)
        alpha = self.alphas[time].view(-1, 1, 1, 1, 1)
        noised = alpha.sqrt() * clean + (1 - alpha).sqrt() * noise
        return (self.model.predict(noised, time.float(), conditions).sample.float() - noise).square().mean()


class AdapterBatches:
    """Batches for one process. Every number in batch ``step`` follows from the seed, the step and the place in the batch."""

    def __init__(self, clips: CaptionedClips, tokenizer: Tokenizer, scale: LevelScale, model: LivePhotoModel, batch: int, drop: float,
                 rank: int = 0, ranks: int = 1):
        self.clips, self.tokenizer, self.scale, self.batch, self.drop = clips, tokenizer, scale, batch, drop
        self.rank, self.ranks = rank, ranks
        self.channels, self.factor = model.vae.latent_channels, model.config.vae_factor
        self.times = model.config.scheduler.num_train_timesteps

    def __len__(self) -> int:
        """Steps that show about as many samples as there are clips: an epoch."""
        return max(len(self.clips.clips) // (self.batch * self.ranks), 1)

    def __getitem__(self, step: int) -> tuple[Tensor, ...]:
        """Inputs of ``AdapterLoss``, on the CPU."""
        rows = []
        for place in range(self.batch):
            number = (step * self.ranks + self.rank) * self.batch + place
            frames, caption, ssim = self.clips.draw(number)
            random = np.random.default_rng([self.clips.seed + 1, number])
            caption = "" if random.random() < self.drop else caption
            # Whole levels, as the paper's channel has them.
            level = float(self.scale.level(torch.tensor([ssim])).round())
            size = self.clips.size // self.factor
            noise = random.standard_normal((len(frames), self.channels, size, size), dtype=np.float32)
            rows.append((frames.float() / 255, torch.tensor(self.tokenizer.encode(caption)), torch.tensor(level),
                         torch.tensor(int(random.integers(self.times))), torch.from_numpy(noise)))
        return tuple(torch.stack(column) for column in zip(*rows))
