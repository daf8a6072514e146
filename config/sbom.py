"""The list of parts for who keeps an inventory: CycloneDX 1.6 in JSON, from requirements.lock.

Names, versions, digests and who needs whom, as far as the lock and what is installed say; licences
as the installed packages declare them. The same lock makes the same file but for its time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from responders.wire_time import to_wire

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
NAME = re.compile(r"^[A-Za-z0-9._-]+")
OURS = "gerak112"


@dataclass(frozen=True)
class Part:
    """One package of the lock. digests: SHA-256 of each file that may be installed."""

    name: str
    version: str
    digests: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Return the package's address, as advisories name it."""
        return f"pkg:pypi/{self.name}@{self.version}"


def parts_of(lock: str) -> list[Part]:
    """Read a lock made by pip-compile: each package once, in its order."""
    starts = list(PINNED.finditer(lock))
    ends = [one.start() for one in starts[1:]] + [len(lock)]
    return [
        Part(_normal(one[1]), one[2], tuple(DIGEST.findall(lock[one.end() : end])))
        for one, end in zip(starts, ends, strict=True)
    ]


def sbom_of(lock: str, *, version: str, now: datetime) -> dict[str, Any]:
    """Return the document as a JSON-able dict."""
    parts = parts_of(lock)
    known = {part.name: part.purl for part in parts}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, lock)}",
        "version": 1,
        "metadata": {
            "timestamp": to_wire(now),
            "component": {
                "type": "application",
                "bom-ref": OURS,
                "name": OURS,
                "version": version,
            },
        },
        "components": [_component(part) for part in parts],
        "dependencies": [
            {"ref": OURS, "dependsOn": sorted(known.values())},
            *(
                {"ref": part.purl, "dependsOn": sorted(set(_needed(part.name, known)))}
                for part in parts
            ),
        ],
    }


def _component(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{part.name}/{part.version}/",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in part.digests],
            }
        ],
    }
    licence = _licence(part.name)
    if licence:
        found["licenses"] = [licence]
    return found


def _licence(name: str) -> dict[str, Any] | None:
    """Return what an installed package says of its licence, in its own words."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    text = "; ".join(told.get_all("License-Expression") or ())
    if not text:
        trove = [one for one in told.get_all("Classifier") or () if one.startswith("License ::")]
        text = "; ".join(one.rpartition(" :: ")[2] for one in trove)
    return {"license": {"name": text}} if text else None


def _needed(name: str, known: dict[str, str]) -> Iterator[str]:
    """Yield which parts of the lock an installed package asks for, extras left out."""
    try:
        lines = metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        match = NAME.match(line)
        if match and "extra ==" not in line and _normal(match[0]) in known:
            yield known[_normal(match[0])]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
