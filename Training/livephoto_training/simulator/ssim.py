"""Structural similarity of adjacent frames: the paper's motion intensity (LivePhoto, section 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor

WINDOW, SIGMA, K1, K2 = 11, 1.5, 0.01, 0.03


def band_matrix(size: int, device: torch.device) -> Tensor:
    """[size - 10, size]: each row holds the Gaussian window; a matrix product with it is the valid 1-D filter."""
    offsets = torch.arange(WINDOW, dtype=torch.float64) - WINDOW // 2
    window = torch.exp(-offsets ** 2 / (2 * SIGMA ** 2))
    window = (window / window.sum()).float()
    matrix = torch.zeros(size - WINDOW + 1, size)
    for row in range(size - WINDOW + 1):
        matrix[row, row:row + WINDOW] = window
    return matrix.to(device)


_bands: dict[tuple[int, torch.device], Tensor] = {}


def _band(size: int, device: torch.device) -> Tensor:
    key = (size, device)
    if key not in _bands:
        _bands[key] = band_matrix(size, device)
    return _bands[key]


def luma(frames: Tensor) -> Tensor:
    """[..., 3, H, W] in [0, 1] to BT.601 luma [..., H, W] in 0...255."""
    red, green, blue = frames.unbind(-3)
    return (red * 0.299 + green * 0.587 + blue * 0.114) * 255


def mean_adjacent_ssim(frames: Tensor, run: int | None = None) -> Tensor:
    """Mean SSIM of adjacent frames; ``run``: only within runs of that many frames.

    - frames: [B, F, 3, H, W] in [0, 1], H and W at least 11.
    - returns: [B] in [-1, 1]; 1 = nothing moves. Luma BT.601, Gaussian 11x11 of sigma 1.5, K1 0.01, K2 0.03, valid region.
    - Reference: Wang et al. 2004; identical to ``skimage.metrics.structural_similarity(gaussian_weights=True,
      use_sample_covariance=False, data_range=255)`` averaged over the valid region.
    """
    y = luma(frames.float())  # [B, F, H, W]
    rows, columns = _band(y.shape[-2], y.device), _band(y.shape[-1], y.device).T.contiguous()
    # Centred values keep the variance terms exact in single precision.
    y = y - 128

    def smooth(image: Tensor) -> Tensor:
        return rows @ (image @ columns)

    mean = smooth(y)
    square = smooth(y * y) - mean * mean
    cross = smooth(y[:, :-1] * y[:, 1:]) - mean[:, :-1] * mean[:, 1:]
    mean = mean + 128
    c1, c2 = (K1 * 255) ** 2, (K2 * 255) ** 2
    first, second = mean[:, :-1], mean[:, 1:]
    ssim = (2 * first * second + c1) * (2 * cross + c2)
    ssim = ssim / ((first ** 2 + second ** 2 + c1) * (square[:, :-1] + square[:, 1:] + c2))
    ssim = ssim.mean((2, 3))
    if run is not None and run < frames.shape[1]:
        ssim = ssim[:, torch.arange(1, frames.shape[1], device=ssim.device) % run != 0]
    return ssim.mean(1)
