"""Where the keys and values of a TOML document stand, as policies use it; ``analyzers.manifest`` works it out."""

from __future__ import annotations

from analyzers.manifest.toml_places import Lines, Path, Places, places

__all__ = ["Lines", "Path", "Places", "places"]
