"""Numbers from a clip: how it moves, how its light changes, how clean it is. What is new in it: ``content.py``; its object: ``subject.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..simulator.ssim import mean_adjacent_ssim
from .content import Content, new_content
from .flow import analysed, blur, motion, warp
from .subject import SUBJECT_SIDE, Track, follow

MEASURE_SIZE = 256


@dataclass
class Measures:
    """One clip. Lengths are in short sides of the picture; motion is that of the CONTENT (not the backward flow), x right, y down."""

    path: np.ndarray  # [F, 2] typical shift of the whole picture
    median: np.ndarray  # [F, 2] median shift of its points
    common: np.ndarray  # [F] share of its points that shift the same way
    divergence: np.ndarray  # [F] log scale: > 0 the content grows
    curl: np.ndarray  # [F] radians, > 0 clockwise
    shear: np.ndarray  # [F] how much more the lower content moves right than the upper, per short side
    amount: float  # mean length of motion at its largest frame
    outside: np.ndarray  # [F] mean length of motion away from the object
    region_path: np.ndarray  # [F, 2] shift of the region asked about (without one: the whole picture)
    region_amount: np.ndarray  # [F] mean length of motion in it
    rest_amount: np.ndarray  # [F] and outside of it
    region_unrest: float  # mean change from frame to frame in it, of 1
    rest_unrest: float
    region_drift: float  # share of its motion that is one common shift, 0 moves in place to 1
    brightness: np.ndarray  # [F] mean log gain against frame 0
    warmth: np.ndarray  # [F] change of log(red / blue)
    light_path: np.ndarray  # [F] horizontal place of the local change of light
    light_strength: np.ndarray  # [F] size of that change
    light_sign: float  # -1 the local changes of light darken, 1 they brighten
    psnr: float  # worst frame against the first, dB (99 = identical)
    psnr_photo: float  # worst frame against the photo, dB; nan without one
    sharpness: float  # gradient energy where the picture has moved, against the photo's there
    ssim: float  # mean of adjacent frames at 256 x 256
    track: Track | None = None
    clip: Tensor = field(default=None, repr=False)
    flow: Tensor = field(default=None, repr=False)

    @cached_property
    def content(self) -> Content:
        return new_content(self.clip, self.flow)


def to_tensor(frames: np.ndarray) -> Tensor:
    """uint8 [F, H, W, 3] to float [F, 3, H, W] in [0, 1]."""
    return torch.from_numpy(np.array(frames)).permute(0, 3, 1, 2).float() / 255


def ssim_at_256(frames: Tensor) -> float:
    """Mean adjacent SSIM of the clip's centre square scaled to 256 x 256, the measure behind the product's levels."""
    height, width = frames.shape[-2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = frames[:, :, top:top + side, left:left + side]
    if side != MEASURE_SIZE:
        square = F.interpolate(square, (MEASURE_SIZE, MEASURE_SIZE), mode="bilinear", antialias=True, align_corners=False).clamp(0, 1)
    return float(mean_adjacent_ssim(square[None])[0])


def unit_places(height: int, width: int) -> tuple[Tensor, Tensor]:
    """u and v [H, W] of every pixel: short sides from the picture's middle."""
    unit = min(height, width)
    v, u = torch.meshgrid((torch.arange(height) - (height - 1) / 2) / unit, (torch.arange(width) - (width - 1) / 2) / unit, indexing="ij")
    return u, v


def fit_affine(flow: Tensor, weight: Tensor) -> Tensor:
    """Robust affine fit: flow [F, 2, H, W], weight [F, H, W] -> [F, 2, 3] on (1, u, v)."""
    frames, _, height, width = flow.shape
    u, v = unit_places(height, width)
    bases = torch.stack([torch.ones_like(u), u, v]).view(3, -1).double()
    values = flow.view(frames, 2, -1).double() / min(height, width)
    base_weight = weight.reshape(frames, -1).double() + 1e-6
    trust = torch.ones_like(base_weight)
    for _ in range(8):
        weights = base_weight * trust
        normal = torch.einsum("fp,ip,jp->fij", weights, bases, bases) + 1e-6 * torch.eye(3, dtype=torch.double)
        right = torch.einsum("fp,ip,fcp->fic", weights, bases, values)
        solution = torch.linalg.solve(normal, right).transpose(1, 2)  # [F, 2, 3]
        residual = (values - torch.einsum("fci,ip->fcp", solution, bases)).pow(2).sum(1).sqrt()
        scale = (residual * base_weight).sum(1, keepdim=True) / base_weight.sum(1, keepdim=True) + 1e-4
        trust = 1 / (1 + (residual / scale) ** 2)
    return solution


def weighted_mean(flow: Tensor, weight: Tensor) -> np.ndarray:
    """[F, 2, H, W] and [F, H, W] to the content's shift [F, 2] in short sides."""
    total = weight.sum((1, 2)).clamp(min=1e-3)
    return -((flow * weight[:, None]).sum((2, 3)) / total[:, None] / min(flow.shape[-2:])).numpy()


def median_shift(flow: Tensor, trust: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Median of the content's shift over the points that are trusted, [F, 2] in short sides, and the share that goes along with it, [F]."""
    medians, shares = [], []
    for field_, known in zip(flow, trust > 0.3):
        points = field_[:, known] if int(known.sum()) > 20 else field_.flatten(1)
        median = points.median(1).values
        along = (points * median[:, None]).sum(0) > 0.3 * (median ** 2).sum()
        medians.append(-median / min(flow.shape[-2:]))
        shares.append(float(along.float().mean()))
    return torch.stack(medians).numpy(), np.array(shares)


def mean_length(flow: Tensor, weight: Tensor) -> np.ndarray:
    """Mean length [F] of a flow, in short sides."""
    length = flow.norm(dim=1)
    return ((length * weight).sum((1, 2)) / weight.sum((1, 2)).clamp(min=1e-3) / min(flow.shape[-2:])).numpy()


def resized(mask: np.ndarray, height: int, width: int) -> Tensor:
    return F.interpolate(torch.from_numpy(np.asarray(mask, np.float32))[None, None], (height, width), mode="area")[0, 0].clamp(0, 1)


def sharpness(clip: Tensor, affine: Tensor) -> float:
    """Gradient energy of moved frames against what the photo has at the same places; a picture that grows loses slope by rights."""
    height, width = clip.shape[-2:]
    u, v = unit_places(height, width)
    places = torch.stack([torch.ones_like(u), u, v])

    def energy(image: Tensor) -> Tensor:
        return image[..., 1:, :-1].sub(image[..., :-1, :-1]).abs().mean(-3) + image[..., :-1, 1:].sub(image[..., :-1, :-1]).abs().mean(-3)

    photo, ratios = energy(clip[0])[None, None], []
    for frame, part in zip(clip[1:], affine[1:].float()):
        shift = torch.einsum("ci,ihw->chw", part, places) * min(height, width)
        if float(shift.norm(dim=0).mean()) < 0.5:
            continue
        x, y = torch.arange(width) + shift[0], torch.arange(height)[:, None] + shift[1]
        inside = ((x >= 1) & (x < width - 2) & (y >= 1) & (y < height - 2)).float()[:-1, :-1]
        source = warp(photo, shift[None, :, :-1, :-1])[0, 0]
        growth = float(torch.exp((part[0, 1] + part[1, 2]) / 2))  # < 1 where the content has grown
        if float(inside.mean()) > 0.2:
            ratios.append(float((energy(frame) * inside).sum() / ((source * inside).sum() * growth).clamp(min=1e-3)))
    return float(np.median(ratios)) if ratios else float("nan")


def local_light(logs: Tensor, height: int, width: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Where (in short sides from the left) and how strongly the light changes locally, both [F], and whether it darkens (-1) or brightens (1)."""
    local = blur(logs.mean(1, keepdim=True), 6)[:, 0]
    signed = local - local.median(1).values.median(1).values[:, None, None]
    difference = signed.abs()
    weight = (difference - 0.5 * difference.amax((1, 2), keepdim=True)).clamp(min=0)
    columns = torch.arange(width, dtype=torch.float32)
    place = (weight * columns).sum((1, 2)) / weight.sum((1, 2)).clamp(min=1e-6) / min(height, width)
    sign = float((weight * signed.sign()).sum() / weight.sum().clamp(min=1e-6))
    return place.numpy(), difference.mean((1, 2)).numpy(), sign


def worst_psnr(clip: Tensor, reference: Tensor) -> float:
    errors = ((clip - reference) ** 2).mean((1, 2, 3))
    return min(float(-10 * torch.log10(errors.max() + 1e-10)), 99.0)


def measure(frames: np.ndarray, photo: np.ndarray | None = None, mask: np.ndarray | None = None, region: np.ndarray | None = None) -> Measures:
    """Everything about one clip, uint8 [F, H, W, 3].

    ``photo``: the still it was made from; ``mask`` [h, w] in [0, 1]: its object; ``region`` [h, w]: the stuff that is to move in place.
    """
    clip = to_tensor(frames)
    small = analysed(clip[None])
    flow, trust = (part[0] for part in motion(small))
    small, trust = small[0], trust[:, 0]
    count, _, height, width = flow.shape
    fitted = fit_affine(flow, trust)
    affine = fitted.numpy()

    track, off = None, trust
    if mask is not None:
        followed = analysed(clip[None], SUBJECT_SIDE)[0]
        track = follow(followed, resized(mask, *followed.shape[-2:]))
        near = F.max_pool2d(torch.from_numpy(track.swept.any(0)).float()[None, None], 7, 1, 3)
        off = (1 - resized(near[0, 0].numpy(), height, width)) * trust
    place = resized(region, height, width) if region is not None else torch.ones(height, width)
    changes = small.diff(dim=0).abs().mean((0, 1))
    rest = 1 - place
    amounts = mean_length(flow, place * trust)
    largest = int(amounts.argmax())
    region_path = weighted_mean(flow, place * trust)

    median, common = median_shift(flow, trust)
    moved = torch.stack([warp(small[:1], flow[n:n + 1])[0] for n in range(count)])
    logs = small.clamp(min=0.01).log() - moved.clamp(min=0.01).log()  # [F, 3, H, W]
    unclipped = ((small.amax(1) < 0.99) & (moved.amax(1) < 0.99)).float() + 1e-3
    gain = (logs.mean(1) * unclipped).sum((1, 2)) / unclipped.sum((1, 2))
    warmth = ((logs[:, 0] - logs[:, 2]) * unclipped).sum((1, 2)) / unclipped.sum((1, 2))
    light_path, light_strength, light_sign = local_light(logs, height, width)
    return Measures(
        path=-affine[:, :, 0], median=median, common=common, divergence=-(affine[:, 0, 1] + affine[:, 1, 2]) / 2,
        curl=-(affine[:, 1, 1] - affine[:, 0, 2]) / 2, shear=-affine[:, 0, 2], amount=float(mean_length(flow, trust).max()),
        outside=mean_length(flow, off), region_path=region_path, region_amount=amounts, rest_amount=mean_length(flow, rest * trust),
        region_unrest=float((changes * place).sum() / place.sum().clamp(min=1)),
        rest_unrest=float((changes * rest).sum() / rest.sum().clamp(min=1)),
        region_drift=float(np.linalg.norm(region_path[largest]) / max(amounts[largest], 1e-4)),
        brightness=gain.numpy(), warmth=warmth.numpy(), light_path=light_path, light_strength=light_strength, light_sign=light_sign,
        psnr=worst_psnr(clip, clip[0]),
        psnr_photo=worst_psnr(clip, to_tensor(photo[None])[0]) if photo is not None and photo.shape == frames[0].shape else float("nan"),
        sharpness=sharpness(clip, fitted), ssim=ssim_at_256(clip), track=track, clip=clip, flow=flow)
