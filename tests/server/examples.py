"""Webhooks as GitHub publishes them: npm's ``@octokit/webhooks-examples``, which ``.ci/environment.sh`` brings."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PACKAGE = Path(sys.prefix) / "octokit-webhooks-examples-7.6.1.tgz"
_SHA512 = "De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ=="
_HOSTS = ("api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35")


@dataclass(frozen=True, slots=True)
class Example:
    """One published webhook."""

    host: str
    event: str
    payload: Mapping[str, Any]

    @property
    def action(self) -> str:
        return str(self.payload.get("action", ""))


def published() -> list[Example]:
    """All examples of all hosts, each payload once."""
    assert _PACKAGE.exists(), f"{_PACKAGE} is missing; run `sh tests/run.sh` once, which brings it with npm"
    packed = _PACKAGE.read_bytes()
    assert base64.b64encode(hashlib.sha512(packed).digest()).decode() == _SHA512, f"{_PACKAGE} is another one"
    found: dict[str, Example] = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as package:
        for host in _HOSTS:
            member = package.extractfile(f"package/{host}/index.json")
            assert member is not None
            for event in json.load(member):
                for payload in event["examples"]:
                    example = Example(host, event["name"], payload)
                    found.setdefault(json.dumps([example.event, payload], sort_keys=True), example)
    return list(found.values())
