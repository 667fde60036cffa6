"""The training objective: diffusion of what the motion does not explain, and the motion itself against the simulator's.

Letters: B clips, F frames, C latent channels, h x w latent cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..model.livephoto import LivePhotoModel
from ..model.motion_field import motion_field
from ..model.text_reweighting import valid_tokens
from ..pipeline.schedule import NoiseSchedule


#: New content of one part in this many of a latent cell's area already makes the whole cell new.
CELL_OPACITY = 20.0


@dataclass
class ObjectiveWeights:
    """How the parts of the loss are weighed."""

    residual: float = 1.0
    flow: float = 4.0
    light: float = 5.0
    content: float = 4.0  # further weight of the squared error where there is new content
    # A clip's error counts relative to (its mean motion + floor) ** power. With a small floor the many clips whose
    # background stands still outweigh all others, and the head never leaves zero.
    flow_floor: float = 0.3
    light_floor: float = 0.3
    power: float = 0.75
    word_weight: float = 2.0  # holds the mean word weight of a clip near ``usual_word_weight``, so that it can neither die nor saturate
    usual_word_weight: float = 0.6
    rounding: float = 0.15  # below this error, in head units, the loss is quadratic


def rounded(error: Tensor, width: float) -> Tensor:
    """The absolute value with a round foot (Charbonnier): quadratic well below ``width``."""
    return (error.square() + width * width).sqrt() - width


def mixed_cost(error: Tensor, target: Tensor, weights: ObjectiveWeights) -> Tensor:
    """Half absolute, half squared over the clip's own size. [B, F, C, H, W] each.

    The absolute error alone asks for the median, which is "no motion" wherever it is less than even odds that the moving object is
    there, and so nothing local would ever begin to move; the square asks for the mean.
    """
    size = target.square().mean((1, 2, 3, 4), keepdim=True).sqrt()
    return 0.5 * rounded(error, weights.rounding) + 0.5 * error.square() / (size + weights.flow_floor)


class Objective(nn.Module):
    """Loss and measurements of one batch; a module, so that DistributedDataParallel can wrap it."""

    def __init__(self, model: LivePhotoModel, weights: ObjectiveWeights = ObjectiveWeights(), half: bool = False):
        super().__init__()
        self.model, self.weights, self.half = model, weights, half
        schedule = NoiseSchedule(model.config.scheduler)
        self.prediction = model.config.scheduler.prediction_type
        self.register_buffer("alphas", torch.tensor(schedule.alphas_cumprod, dtype=torch.float32), persistent=False)

    def draw_times(self, is_content: Tensor, generator: torch.Generator) -> Tensor:
        """Training times: mostly noisy ones, evenly spread for clips with new content; and for a third of the clips almost pure noise.

        There the words are all the network has. Light above all can be read from little signal, and would not be learned from words otherwise.
        """
        uniform = torch.rand(len(is_content), generator=generator)
        draw = torch.where(is_content.cpu(), uniform, uniform.sqrt())
        pure = torch.rand(len(is_content), generator=generator) < 0.33
        draw = torch.where(pure & ~is_content.cpu(), 0.92 + 0.08 * uniform, draw)
        return (draw * len(self.alphas)).long().clamp(max=len(self.alphas) - 1)

    def forward(self, batch: dict, time: Tensor, noise: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """batch from ``collate``; time [B]; noise [B, F, C, h, w]. Returns the loss and per-clip measurements [B]."""
        model, config = self.model, self.model.config
        scale = config.conditioning.residual_scale
        with torch.autocast(batch["photo"].device.type, dtype=torch.bfloat16, enabled=self.half):
            conditions = model.conditions(batch["photo"], batch["ids"], batch["level"], batch["progress"])
        conditions.reference = model.vae.encode(batch["photo"] * 2 - 1)
        with torch.no_grad():
            latents = model.encode_frames(batch["frames"])
            residual = config.conditioning.latent_space == "residual"
            target = (latents - conditions.reference[:, None]) / scale if residual else latents
            alpha = self.alphas[time].view(-1, 1, 1, 1, 1)
            noised = alpha.sqrt() * target + (1 - alpha).sqrt() * noise
        with torch.autocast(batch["photo"].device.type, dtype=torch.bfloat16, enabled=self.half):
            output = model.predict(noised, time.float(), conditions)
        output.sample = output.sample.float()
        if output.motion is not None:
            output.motion.dense, output.motion.affine = output.motion.dense.float(), output.motion.affine.float()
        else:
            return self.plain_loss(output.sample, target, noise, alpha)

        with torch.no_grad():
            moved = model.moved_photo(batch["photo"], output.motion, anchor_first=False)
            base = (model.encode_frames(moved) - (conditions.reference[:, None] if residual else 0)) / (scale if residual else 1)
        gain = config.conditioning.residual_gain
        # The residual is asked for new content alone (flakes, drops, sparks). Asked for all that the motion misses, it paints a blurred
        # second guess of the move over the moved photo, which shows as halos in every sample.
        new = (batch["content"] * CELL_OPACITY).clamp(max=1)
        wanted = new * (target - base)
        error = (gain * output.sample - wanted).square().mean(2, keepdim=True)  # [B, F, 1, h, w]
        weight = 1 + self.weights.content * new
        residual_loss = (error * weight).mean()
        flow_loss, light_loss, flow_error, flow_size, light_error, light_size = self.motion_losses(output.motion, batch)
        valid = valid_tokens(batch["ids"], model.eos)[:, None].float()
        word_weight = (conditions.weights.float() * valid).sum((1, 2)) / valid.sum((1, 2)) / conditions.weights.shape[1]
        loss = self.weights.residual * residual_loss + self.weights.flow * flow_loss + self.weights.light * light_loss
        loss = loss + self.weights.word_weight * (word_weight - self.weights.usual_word_weight).square().mean()
        with torch.no_grad():
            measures = {
                "word_weight": word_weight, "word_bag": conditions.text_bag.float().square().mean((1, 2)), "residual": error.mean((1, 2, 3, 4)), "flow": flow_error, "flow_size": flow_size, "light": light_error,
                "light_size": light_size, "unmoved": target.square().mean((1, 2, 3, 4)), "moved": (base - target).square().mean((1, 2, 3, 4)),
                "content_error": (error * new).mean((1, 2, 3, 4)), "content_size": wanted.square().mean((1, 2, 3, 4)),
            }
        return loss, measures

    def motion_losses(self, motion, batch: dict) -> tuple[Tensor, ...]:
        """L1 of flow and light, each relative to the clip's own size."""
        weights = self.weights
        flow, light = motion_field(motion, batch["flow"].shape[-2:])
        w = batch["flow_weight"]
        total = w.mean((1, 2, 3, 4)).clamp(min=1e-3)
        flow_error = ((flow - batch["flow"]).abs() * w).mean((1, 2, 3, 4)) / total
        flow_size = (batch["flow"].abs() * w).mean((1, 2, 3, 4)) / total
        light_error = (light - batch["light"]).abs().mean((1, 2, 3, 4))
        light_size = batch["light"].abs().mean((1, 2, 3, 4))
        flow_cost = (mixed_cost(flow - batch["flow"], batch["flow"], weights) * w).mean((1, 2, 3, 4)) / total
        light_cost = mixed_cost(light - batch["light"], batch["light"], weights).mean((1, 2, 3, 4))
        flow_loss = (flow_cost / (flow_size + weights.flow_floor) ** weights.power).mean()
        light_loss = (light_cost / (light_size + weights.light_floor) ** weights.power).mean()
        return flow_loss, light_loss, flow_error.detach(), flow_size, light_error.detach(), light_size

    @torch.no_grad()
    def flow_from_words(self, batch: dict) -> tuple[float, float]:
        """Share of the flow explained from pure noise, with the right captions and with each other's: 1 - error / size."""
        shares = []
        noise = torch.randn(*batch["frames"].shape[:2], self.model.config.vae.latent_channels,
                            *(side // self.model.config.vae_factor for side in batch["photo"].shape[-2:]))
        time = torch.full((len(noise),), float(len(self.alphas) - 1))
        for ids in (batch["ids"], batch["ids"].roll(1, 0)):
            with torch.autocast(batch["photo"].device.type, dtype=torch.bfloat16, enabled=self.half):
                conditions = self.model.conditions(batch["photo"], ids, batch["level"], batch["progress"])
                motion = self.model.predict(noise, time, conditions).motion
            motion.dense, motion.affine = motion.dense.float(), motion.affine.float()
            flow, _ = motion_field(motion, batch["flow"].shape[-2:])
            w = batch["flow_weight"]
            shares.append(1 - float(((flow - batch["flow"]).abs() * w).sum() / (batch["flow"].abs() * w).sum().clamp(min=1e-6)))
        return shares[0], shares[1]

    def plain_loss(self, sample: Tensor, target: Tensor, noise: Tensor, alpha: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The paper's objective: no motion head, plain squared error of the network's own prediction type."""
        wanted = {"sample": target, "epsilon": noise, "v_prediction": alpha.sqrt() * noise - (1 - alpha).sqrt() * target}[self.prediction]
        error = (sample - wanted).square().mean((1, 2, 3, 4))
        return error.mean(), {"residual": error.detach()}
