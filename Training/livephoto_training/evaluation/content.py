"""What is in a clip that was not in its photo: small crisp things (flakes, streaks, sparks) and soft ones (smoke, glow)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .flow import analysed, blur, warp

CONTENT_SIDE = 144  # short side analysed: a flake of two pixels in 256 is still one
POINT = 0.07  # least contrast of a small new thing, of 1
SOFT = 0.05  # least contrast of a soft new thing


@dataclass
class Content:
    """New things; shares are of the picture's area, F frames, lengths in short sides."""

    points: np.ndarray  # [F] share under small new things, bright or dark or coloured
    bright: np.ndarray  # [F] share under those brighter than what they cover
    fall: float  # +1 all frame pairs say that small things move down, -1 up
    upright: float  # > 0 small things are taller than wide (streaks), < 0 wider than tall
    persistence: float  # how much small things stay where they are from frame to frame, 0 to 1
    twinkle: float  # how much the small things that stay change their brightness, standard deviation / mean
    warm: float  # (red - blue) / sum of the bright small things' colour
    colour: float  # their saturation, 0 grey to 1
    spread: np.ndarray  # [F] their mean distance from their middle
    height: np.ndarray  # [F] their middle's row, 0 top to 1 bottom
    soft: np.ndarray  # [F] share under soft new things
    soft_warm: float  # (red - blue) / sum of |change|
    soft_grey: float  # of the picture where they are: 1 grey, 0 coloured
    soft_fade: float  # how much less coloured it is there than before
    soft_bright: float  # share of soft things brighter than before
    soft_flicker: float  # change of the soft things from frame to frame / their size
    soft_top: np.ndarray  # [F] row above which a tenth of them is, 0 top to 1 bottom
    soft_wide: float  # standard deviation across, short sides
    soft_tall: float  # and down
    crisp: float  # energy of small things / of all new things but broad light
    lift: float  # +1 all frame pairs say that the lumps of soft things move up, -1 down
    burst: float  # largest share of new small things in a frame / its median: how sudden they are


def new_content(clip: Tensor, flow: Tensor) -> Content:
    """Frames [F, 3, H, W] in [0, 1]; backward flow [F, 2, h, w] of the picture, at any smaller size."""
    small = analysed(clip[None], CONTENT_SIDE)[0]
    count, _, height, width = small.shape
    unit = min(height, width)
    base = expected(small, flow)
    excess = small - base
    soft = blur(excess, unit / 40)
    # Light may differ from place to place, as that of a sky and its ground when night falls; small things are nothing to that.
    shade = blur((small.clamp(min=0.02).log() - base.clamp(min=0.02).log()).mean(1, keepdim=True).clamp(-1.5, 1.5), unit / 14)
    lit_base = base * shade.exp()
    sharp, blurred = beyond(small, lit_base, max(1, round(0.018 * unit))), blur(small - lit_base, unit / 40)
    size = sharp.abs().amax(1)  # [F, H, W]
    there = small_things(size)
    luma = sharp.mean(1) * there
    bright = (luma > 0.6 * POINT).float()
    lit = F.relu(luma - 0.5 * POINT)
    total = lit.sum() + 1e-6
    colours = (small * lit[:, None]).sum((0, 2, 3)) / total
    pad = F.pad(size, (1, 1, 1, 1))
    gx, gy = (pad[:, 1:-1, 2:] - pad[:, 1:-1, :-2]) ** 2, (pad[:, 2:, 1:-1] - pad[:, :-2, 1:-1]) ** 2
    mask = F.max_pool2d(there[:, None], 3, 1, 1)[:, 0]
    gx, gy = float((gx * mask).sum()), float((gy * mask).sum())
    rows = torch.arange(height, dtype=torch.float32)[:, None].expand(height, width)
    columns = torch.arange(width, dtype=torch.float32)[None].expand(height, width)
    spread, middle = scatter(lit, rows, columns)
    area = (soft.abs().mean(1) > SOFT).float()  # [F, H, W]
    weight = soft.abs().mean(1) * area
    mass = weight.sum() + 1e-6
    tint = (soft * area[:, None]).sum((0, 2, 3))
    change = (soft[1:] - soft[:-1]).abs().mean(1) * area[1:]
    cx, cy = (weight * columns).sum() / mass, (weight * rows).sum() / mass
    strength, steady = lit[1:].mean(0), persistence(lit)
    stays = strength > 0.25 * POINT
    twinkle = float((lit[1:].std(0)[stays] / strength[stays]).mean()) if int(stays.sum()) > 3 else 0.0
    shares = there.mean((1, 2)).numpy()
    return Content(
        points=shares, bright=bright.mean((1, 2)).numpy(), fall=direction(size * there), upright=(gx - gy) / (gx + gy + 1e-3),
        persistence=steady, twinkle=twinkle, warm=float((colours[0] - colours[2]) / colours.sum().clamp(min=1e-3)),
        colour=vivid(small, lit), spread=spread / unit, height=middle / height, soft=area.mean((1, 2)).numpy(),
        soft_warm=float((tint[0] - tint[2]) / tint.abs().sum().clamp(min=1e-3)),
        soft_grey=1 - vivid(small, weight), soft_fade=vivid(base, weight) - vivid(small, weight),
        soft_bright=float(((soft.mean(1) > 0) * area).sum() / area.sum().clamp(min=1)),
        soft_flicker=float(change.sum() / weight[1:].sum().clamp(min=1e-3)), soft_top=quantile_row(weight, 0.1) / height,
        soft_wide=float(((weight * (columns - cx) ** 2).sum() / mass).sqrt()) / unit,
        soft_tall=float(((weight * (rows - cy) ** 2).sum() / mass).sqrt()) / unit,
        crisp=float((sharp ** 2).sum() / ((sharp ** 2).sum() + (blurred ** 2).sum() + 1e-6)), lift=-direction(blurred.mean(1).abs() * area),
        burst=float(shares.max() / max(np.median(shares[1:]), 1e-4)))


def expected(small: Tensor, flow: Tensor) -> Tensor:
    """The frames that photo, motion and one change of colours for the whole picture explain, [F, 3, H, W].

    A picture that stands is the simpler story; the flow is believed where it explains clearly more.
    """
    size = small.shape[-2:]
    scale = size[1] / flow.shape[-1]
    flow = F.interpolate(flow, size, mode="bilinear", align_corners=False) * scale
    out = []
    for n, frame in enumerate(small):
        stories = []
        for photo in (small[0], warp(small[:1], flow[n:n + 1])[0]):
            lit = recoloured(photo, frame)
            stories.append((float((frame - lit).abs().clamp(max=0.2).mean()), lit))
        still, moved = stories
        out.append(moved[1] if moved[0] < 0.6 * still[0] - 0.001 else still[1])
    return torch.stack(out).clamp(0, 1)


def recoloured(photo: Tensor, frame: Tensor) -> Tensor:
    """The photo with the one change of its colours that brings it nearest to the frame, both [3, H, W].

    Weather greys a picture, night takes its light and leaves it blue: a linear map of colours says both. What does not go along, such as new
    things, soon has no say in it. A gain comes first: it is the simpler change, and kept where the map explains little more.
    """
    ratio = (frame.clamp(min=0.02).log() - photo.clamp(min=0.02).log()).flatten(1)
    lit = photo * ratio.median(1).values.exp()[:, None, None].clamp(0.1, 10)
    colours = torch.cat([lit, torch.ones_like(lit[:1])]).flatten(1).double()  # [4, P]
    goal, result = frame.flatten(1).double(), lit.flatten(1).double()
    prior = torch.cat([torch.eye(3), torch.zeros(3, 1)], 1).double()
    for _ in range(6):
        say = 1 / (1 + ((goal - result).abs().mean(0) / 0.03) ** 2)
        ridge = 0.003 * colours.shape[1] * torch.eye(4).double()
        right = (goal * say) @ colours.T + prior @ ridge
        result = torch.linalg.solve((colours * say) @ colours.T + ridge, right.T).T @ colours
    mapped = result.float().view_as(frame).clamp(0, 1)
    gained, better = ((frame - story).abs().clamp(max=0.2).mean() for story in (lit, mapped))
    return mapped if better < 0.8 * gained - 0.001 else lit


def vivid(frames: Tensor, weight: Tensor) -> float:
    """Mean saturation of [F, 3, H, W] where the weight [F, H, W] is."""
    saturation = (frames.amax(1) - frames.amin(1)) / frames.amax(1).clamp(min=0.03)
    return float((saturation * weight).sum() / weight.sum().clamp(min=1e-6))


def beyond(frames: Tensor, base: Tensor, radius: int) -> Tensor:
    """How far the frames are outside of what the base shows within ``radius`` pixels, [F, 3, H, W]; an edge that moved a little is nothing new."""
    top = F.max_pool2d(base, 2 * radius + 1, 1, radius)
    bottom = -F.max_pool2d(-base, 2 * radius + 1, 1, radius)
    return F.relu(frames - top) - F.relu(bottom - frames)


def small_things(size: Tensor) -> Tensor:
    """[F, H, W] 1 where something new and small is: what fills most of its neighbourhood is a moved object, not a flake."""
    there = (size > POINT).float()
    reach = max(2, size.shape[-2] // 24)
    crowd = F.avg_pool2d(there[:, None], 2 * reach + 1, 1, reach)[:, 0]
    return there * (crowd < 0.45)


def persistence(lit: Tensor) -> float:
    """Mean correlation of neighbouring frames' small bright things where they are."""
    values = []
    for a, b in zip(lit[1:-1].flatten(1), lit[2:].flatten(1)):
        size = a.norm() * b.norm()
        if size > 1e-3:
            values.append(float(a @ b / size))
    return float(np.mean(values)) if values else 0.0


def scatter(lit: Tensor, rows: Tensor, columns: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Mean distance of the lit points from their middle, and the middle's row, both [F] in pixels."""
    total = lit.sum((1, 2)).clamp(min=1e-4)
    y, x = (lit * rows).sum((1, 2)) / total, (lit * columns).sum((1, 2)) / total
    distance = ((rows - y[:, None, None]) ** 2 + (columns - x[:, None, None]) ** 2).sqrt()
    return ((lit * distance).sum((1, 2)) / total).numpy(), y.numpy()


def quantile_row(weight: Tensor, part: float) -> np.ndarray:
    """[F] the row above which this part of the weight [F, H, W] is; the bottom where there is none."""
    profile = weight.sum(2).cumsum(1)
    total = profile[:, -1:]
    found = (profile < part * total).sum(1).float()
    return torch.where(total[:, 0] > 1e-3, found, torch.full_like(found, weight.shape[1])).numpy()


def direction(new: Tensor) -> float:
    """Which way things in [F, H, W] >= 0 move: +1 all frame pairs say down, -1 all say up, by cross-correlation of neighbouring frames.

    Each pair votes with how much better the best downward shift fits than the best upward one; things that stay vote for nothing.
    """
    frames, height, width = new.shape
    votes, reach = [], max(3, height // 3)
    spectrum = torch.fft.rfft2(new - new.mean((1, 2), keepdim=True), s=(2 * height, 2 * width))
    for n in range(1, frames - 1):
        if new[n].sum() < 0.3 or new[n + 1].sum() < 0.3:
            continue
        correlation = torch.fft.irfft2(spectrum[n + 1] * spectrum[n].conj(), s=(2 * height, 2 * width))
        side = max(2, width // 8)
        correlation = torch.cat([correlation[..., -side:], correlation[..., :side]], -1)
        down, up = correlation[1:reach].amax(1), correlation[-reach + 1:].flip(0).amax(1)
        level = torch.cat([down, up]).median()
        down, up = float(down.max() - level), float(up.max() - level)
        votes.append(np.clip(3 * (down - up) / (abs(down) + abs(up) + 1e-6), -1, 1))
    return float(np.mean(votes)) if votes else 0.0
