"""Which addresses of other people's systems we post to. Resolves names; sends nothing.

Whoever may write an address into a form must not thereby reach what only this server can reach:
the loopback, the city's own network, a cloud's metadata service. So a name is resolved once, every
address behind it is looked at, and the caller connects to one of these addresses, not to the name.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

URL_MAX = 500
# Addresses of version 6 that carry one of version 4 inside: a translator would unpack it.
CARRIERS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class AddressRefused(Exception):
    """We do not post there; `detail` says why in a few English words, for the ledger."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class WebAddress:
    """A checked address. `target` is the path with its query."""

    scheme: str
    host: str
    port: int
    target: str


def read_address(url: str) -> WebAddress:
    """Take an address apart. Raises AddressRefused for all but plain http and https.

    A user part, a backslash, a fragment or white space is read differently by different parsers:
    none is taken.
    """
    odd = any(sign in "\\@#" or sign.isspace() or not sign.isprintable() for sign in url)
    if odd or not url.isascii() or len(url) > URL_MAX:
        raise AddressRefused("not an address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("not an address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressRefused("not http or https")
    query = f"?{parts.query}" if parts.query else ""
    return WebAddress(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or (443 if parts.scheme == "https" else 80),
        target=(parts.path or "/") + query,
    )


def addresses_of(address: WebAddress, *, allow_private: bool) -> list[str]:
    """Return the network addresses behind a name, in the resolver's order.

    Raises AddressRefused where one of them is not public and `allow_private` is not set, and
    OSError where the name has none. May hang as long as the resolver does.
    """
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    texts = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(is_public(text) for text in texts):
        raise AddressRefused("private address")
    return texts


def is_public(text: str) -> bool:
    """Say whether a network address is reachable from anywhere, and so no secret of ours."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif any(address in network for network in CARRIERS):
            return False
    return address.is_global and not address.is_multicast
