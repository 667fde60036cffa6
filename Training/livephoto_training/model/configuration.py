"""A model's configuration: ``config.json`` with attribute access (see Models/FORMAT.md)."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any


class Configuration:
    """One JSON object. Keys are attributes; a missing key reads as None, so absent parts test as off."""

    def __init__(self, values: dict[str, Any]):
        self._values = values

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        value = self._values.get(key)
        return Configuration(value) if isinstance(value, dict) else value

    def get(self, key: str, default: Any) -> Any:
        """The value of a key, or ``default`` where it is absent or null."""
        value = getattr(self, key)
        return default if value is None else value

    def as_dict(self) -> dict[str, Any]:
        """A deep copy of the plain values."""
        return copy.deepcopy(self._values)

    def __bool__(self) -> bool:
        return True

    @property
    def vae_factor(self) -> int:
        """Pixels per latent cell and side."""
        return 2 ** (len(self.vae.block_out_channels) - 1)

    @staticmethod
    def load(path: str | Path) -> "Configuration":
        """Read ``config.json``, or the one inside a model folder."""
        path = Path(path)
        return Configuration(json.loads((path / "config.json" if path.is_dir() else path).read_text()))

    def save(self, path: str | Path) -> None:
        """Write the values as indented JSON."""
        Path(path).write_text(json.dumps(self._values, indent=2) + "\n")
