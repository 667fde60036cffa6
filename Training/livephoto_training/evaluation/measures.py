"""Numbers from a clip: how it moves, how its light changes, what is new in it, how clean it is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..simulator.levels import LevelScale
from ..simulator.ssim import mean_adjacent_ssim
from .flow import analysed, blur, motion, warp

MEASURE_SIZE = 256


@dataclass
class Measures:
    """One clip. Lengths are in short sides of the picture; motion is that of the CONTENT (not the backward flow), x right, y down."""

    path: np.ndarray  # [F, 2] typical shift of the whole picture
    divergence: np.ndarray  # [F] log scale: > 0 the content grows
    curl: np.ndarray  # [F] radians, > 0 clockwise
    shear: np.ndarray  # [F] how much more the lower content moves right than the upper, per short side
    amount: float  # mean length of motion at its largest frame
    inside: np.ndarray  # [F, 2] typical shift of the subject
    inside_scale: np.ndarray  # [F] its log scale
    inside_turn: np.ndarray  # [F] radians, > 0 clockwise
    top_path: np.ndarray  # [F, 2] shift of the subject's upper third
    outside: np.ndarray  # [F] mean length of motion away from the subject
    inside_amount: np.ndarray  # [F] mean length of motion in the subject
    upper: np.ndarray  # [F, 2] shift of the picture's upper part
    lower: np.ndarray  # [F, 2] and of its lower part
    upper_amount: float  # mean length of motion, largest frame
    lower_amount: float
    brightness: np.ndarray  # [F] mean log gain against frame 0
    warmth: np.ndarray  # [F] change of log(red / blue)
    light_path: np.ndarray  # [F] horizontal place of the local change of light
    light_strength: np.ndarray  # [F] size of that change
    light_contrast: float  # size of the local changes of light
    new_points: float  # share of the picture under new small things, mean over frames
    new_brightness: float  # are they brighter (> 0) or darker than what they cover
    fall: float  # share of frame pairs in which the new things move down minus those in which they move up
    psnr: float  # worst frame against the first, dB (99 = identical)
    psnr_photo: float  # frame 0 against the photo, dB
    sharpness: float  # gradient energy of the frames against the first
    flicker: float  # mean second difference over time where nothing moves, grey levels of 255
    ssim: float  # mean of adjacent frames at 256 x 256
    level: float = 0.0
    extra: dict = field(default_factory=dict)


def to_tensor(frames: np.ndarray) -> Tensor:
    """uint8 [F, H, W, 3] to float [F, 3, H, W] in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float() / 255


def ssim_at_256(frames: Tensor) -> float:
    """Mean adjacent SSIM of the clip's centre square scaled to 256 x 256, the measure behind the product's levels."""
    height, width = frames.shape[-2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = frames[:, :, top:top + side, left:left + side]
    if side != MEASURE_SIZE:
        square = F.interpolate(square, (MEASURE_SIZE, MEASURE_SIZE), mode="bilinear", antialias=True, align_corners=False).clamp(0, 1)
    return float(mean_adjacent_ssim(square[None])[0])


def fit_affine(flow: Tensor, weight: Tensor) -> Tensor:
    """Robust affine fit: flow [F, 2, H, W], weight [F, H, W] -> [F, 2, 3] on (1, u, v), u and v in short sides from the centre."""
    frames, _, height, width = flow.shape
    unit = min(height, width)
    v, u = torch.meshgrid((torch.arange(height) - (height - 1) / 2) / unit, (torch.arange(width) - (width - 1) / 2) / unit, indexing="ij")
    bases = torch.stack([torch.ones_like(u), u, v]).view(3, -1).double()
    values = flow.view(frames, 2, -1).double() / unit
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
    unit = min(flow.shape[-2:])
    total = weight.sum((1, 2)).clamp(min=1e-3)
    return -((flow * weight[:, None]).sum((2, 3)) / total[:, None] / unit).numpy()


def length(flow: Tensor) -> Tensor:
    """[F, 2, H, W] to [F, H, W]."""
    return (flow[:, 0] ** 2 + flow[:, 1] ** 2).sqrt()


def track(frames: Tensor, mask: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Where the masked part of frame 0 is found again: shift [F, 2] in short sides, and whether that is sure [F].

    Exhaustive search over all whole-pixel shifts that keep half of it in the picture; holds on where small fast things escape the flow.
    Sure: it fits there twice as well as at its old place, and well enough. Once it has left the picture it stays where it was last seen.
    """
    count, _, height, width = frames.shape
    size = (2 * height, 2 * width)
    m = torch.fft.rfft2(mask, s=size)
    template = torch.fft.rfft2(frames[0] * mask, s=size)
    image = torch.fft.rfft2(frames, s=size)

    def correlate(a: Tensor, b: Tensor) -> Tensor:
        return torch.fft.irfft2(a * b.conj(), s=size)

    inside = correlate(torch.fft.rfft2(torch.ones(height, width), s=size), m)
    own = correlate(torch.fft.rfft2(torch.ones(height, width), s=size), torch.fft.rfft2((frames[0] ** 2).sum(0) * mask, s=size))
    there = correlate(torch.fft.rfft2((frames ** 2).sum(1), s=size), m)
    cross = correlate(image, template).sum(1)
    cost = (there - 2 * cross + own) / inside.clamp(min=1e-3)  # [F, 2 H, 2 W]
    cost = cost.masked_fill(inside < 0.5 * mask.sum(), torch.inf)
    best = cost.flatten(1).argmin(1)
    y, x = best // size[1], best % size[1]
    y, x = torch.where(y >= height, y - size[0], y), torch.where(x >= width, x - size[1], x)
    least = cost.flatten(1).min(1).values.clamp(min=1e-4)
    texture = ((frames[0] - (frames[0] * mask).sum((1, 2), keepdim=True) / mask.sum()) ** 2 * mask).sum() / mask.sum()
    sure = ((cost[:, 0, 0].clamp(min=1e-4) > 2 * least) & (least < 0.5 * texture + 0.002)).numpy()
    shift = (torch.stack([x, y], -1) / min(height, width)).numpy()
    for n in range(1, count):
        if not sure[n] and sure[n - 1] and np.abs(shift[n - 1]).max() > 0.25:
            shift[n], sure[n] = shift[n - 1], True
    return shift, sure


def mean_length(flow: Tensor, weight: Tensor) -> np.ndarray:
    unit = min(flow.shape[-2:])
    return ((length(flow) * weight).sum((1, 2)) / weight.sum((1, 2)).clamp(min=1e-3) / unit).numpy()


def subject_weight(mask: np.ndarray | None, height: int, width: int) -> Tensor:
    """The subject's place in frame 0, [H, W] in [0, 1]; without a mask a broad ellipse in the middle."""
    if mask is not None:
        return F.interpolate(torch.from_numpy(np.asarray(mask, np.float32))[None, None], (height, width), mode="area")[0, 0].clamp(0, 1)
    unit = min(height, width)
    v, u = torch.meshgrid((torch.arange(height) - (height - 1) / 2) / unit, (torch.arange(width) - (width - 1) / 2) / unit, indexing="ij")
    return torch.exp(-((u / 0.32) ** 2 + ((v - 0.04) / 0.34) ** 2) ** 1.5)


def falling(new: Tensor) -> float:
    """Direction of new small things, [F, H, W] >= 0: +1 all frame pairs say down, -1 all say up, by cross-correlation of rows."""
    frames, height, width = new.shape
    votes, reach = [], height // 2
    spectrum = torch.fft.rfft2(new - new.mean((1, 2), keepdim=True), s=(2 * height, 2 * width))
    for n in range(1, frames - 1):
        if new[n].sum() < 1e-3 or new[n + 1].sum() < 1e-3:
            continue
        correlation = torch.fft.irfft2(spectrum[n + 1] * spectrum[n].conj(), s=(2 * height, 2 * width))
        correlation = torch.cat([correlation[..., -width // 4:], correlation[..., :width // 4]], -1)
        down, up = correlation[1:reach].amax(1), correlation[-reach + 1:].flip(0).amax(1)
        # The background of the correlation is what chance alone gives; the two halves share it.
        level = torch.cat([down, up]).median()
        votes.append(float(torch.sign((down.max() - level) - (up.max() - level))))
    return float(np.mean(votes)) if votes else 0.0


def measure(frames: np.ndarray, photo: np.ndarray | None = None, mask: np.ndarray | None = None, scale: LevelScale | None = None) -> Measures:
    """Everything about one clip, uint8 [F, H, W, 3]. ``photo``: the still it was made from; ``mask`` [h, w] in [0, 1]: its subject."""
    clip = to_tensor(frames)
    small = analysed(clip[None])
    flow, trust = (part[0] for part in motion(small))
    small, trust = small[0], trust[:, 0]
    count, _, height, width = flow.shape
    affine = fit_affine(flow, trust).numpy()
    place = subject_weight(mask, height, width)
    # Pixels that show the subject in frame n are those whose flow leads into it.
    on = torch.stack([warp(place[None, None], flow[n:n + 1])[0, 0] for n in range(count)]) * trust
    near = F.max_pool2d(place[None, None], 9, 1, 4)[0, 0]
    off = (1 - torch.maximum(near, F.max_pool2d(on[:, None], 9, 1, 4)[:, 0]).clamp(0, 1)) * trust
    subject = fit_affine(flow, on * (on > 0.3)).numpy()
    rows = torch.arange(height)[:, None].expand(height, width)
    covered = (place > 0.5).any(1).nonzero().flatten()
    top_edge, bottom_edge = (int(covered[0]), int(covered[-1])) if len(covered) else (0, height - 1)
    top = place * (rows < top_edge + (bottom_edge - top_edge) / 3)
    on_top = torch.stack([warp(top[None, None], flow[n:n + 1])[0, 0] for n in range(count)]) * trust
    upper, lower = trust * (rows < height * 0.4), trust * (rows > height * 0.6)

    inside, inside_amount = weighted_mean(flow, on), mean_length(flow, on)
    if mask is not None and place.sum() > 12:
        found, sure = track(small, (place > 0.5).float())
        inside[sure] = found[sure]
        inside_amount = np.where(sure, np.maximum(inside_amount, np.linalg.norm(found, axis=1)), inside_amount)

    moved = torch.stack([warp(small[:1], flow[n:n + 1])[0] for n in range(count)])
    logs = (small.clamp(min=0.01).log() - moved.clamp(min=0.01).log())  # [F, 3, H, W]
    unclipped = ((small.amax(1) < 0.99) & (moved.amax(1) < 0.99)).float() + 1e-3
    gain = (logs.mean(1) * unclipped).sum((1, 2)) / unclipped.sum((1, 2))
    warmth = ((logs[:, 0] - logs[:, 2]) * unclipped).sum((1, 2)) / unclipped.sum((1, 2))
    local = blur(logs.mean(1, keepdim=True), 6)[:, 0]
    local_difference = (local - local.median(1).values.median(1).values[:, None, None]).abs()
    weight = (local_difference - 0.5 * local_difference.amax((1, 2), keepdim=True)).clamp(min=0)
    columns = torch.arange(width, dtype=torch.float32)
    light_path = ((weight * columns).sum((1, 2)) / weight.sum((1, 2)).clamp(min=1e-6) / min(height, width)).numpy()

    lit = moved * torch.exp(blur(logs.mean(1, keepdim=True), 8))
    excess = (small - lit).mean(1)  # [F, H, W]
    sharp = excess - blur(excess[:, None], 3)[:, 0]
    points = F.relu(sharp.abs() - 0.05)
    covered_share = float((points[1:] > 0.02).float().mean())
    sign = float((sharp * (points > 0.02)).sum() / ((points > 0.02).sum() + 1e-6))

    first = clip[0]
    errors = ((clip - first) ** 2).mean((1, 2, 3))
    psnr = float(-10 * torch.log10(errors.max() + 1e-10))
    gradient = clip.diff(dim=-1).abs().mean((1, 2, 3)) + clip.diff(dim=-2).abs().mean((1, 2, 3))
    quiet = (length(flow).amax(0) < 0.25) & (local.abs().amax(0) < 0.05) if count > 2 else torch.zeros(height, width, dtype=torch.bool)
    second = (small[2:] - 2 * small[1:-1] + small[:-2]).abs().mean((0, 1)) * 255 if count > 2 else torch.zeros(height, width)
    ssim = ssim_at_256(clip)
    photo_error = float(np.mean((photo.astype(float) - frames[0]) ** 2)) if photo is not None and photo.shape == frames[0].shape else None
    return Measures(
        path=-affine[:, :, 0], divergence=-(affine[:, 0, 1] + affine[:, 1, 2]) / 2, curl=-(affine[:, 1, 1] - affine[:, 0, 2]) / 2,
        shear=-affine[:, 0, 2], amount=float(mean_length(flow, trust).max()),
        inside=inside, inside_scale=-(subject[:, 0, 1] + subject[:, 1, 2]) / 2,
        inside_turn=-(subject[:, 1, 1] - subject[:, 0, 2]) / 2, top_path=weighted_mean(flow, on_top),
        outside=mean_length(flow, off), inside_amount=inside_amount, upper=weighted_mean(flow, upper), lower=weighted_mean(flow, lower),
        upper_amount=float(mean_length(flow, upper).max()), lower_amount=float(mean_length(flow, lower).max()),
        brightness=gain.numpy(), warmth=warmth.numpy(), light_path=light_path, light_strength=local_difference.mean((1, 2)).numpy(),
        light_contrast=float(local_difference.mean((1, 2)).max()),
        new_points=covered_share, new_brightness=sign, fall=falling(F.relu(sharp.abs() - 0.04) if sign < 0 else F.relu(sharp - 0.04)),
        psnr=min(psnr, 99.0), psnr_photo=10 * float(np.log10(255 ** 2 / max(photo_error, 1e-5))) if photo_error is not None else float("nan"),
        sharpness=float((gradient[1:] / gradient[0].clamp(min=1e-5)).median()),
        flicker=float(second[quiet].mean()) if quiet.any() else 0.0, ssim=ssim, level=float(scale.level(torch.tensor(ssim))) if scale else 0.0,
    )
