"""Keeps requests out of the operator's own network.

The check is where the socket is made: it sees the address that will really be connected to, whether it was
written as a literal, came from a name, from a redirect, or from a name that changed its mind since it was
looked up.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from contextvars import ContextVar
from typing import Final

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]
IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
wanted_host: ContextVar[str] = ContextVar("wanted_host", default="")
"""The host name that the current task is fetching from: an allowed name is allowed wherever it leads."""


class Blocked(OSError):
    """The address is not one of the public internet."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, looking inside IPv6 forms that carry an IPv4
    address.
    """
    try:
        ip: IP = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    inner = _carried(ip) if isinstance(ip, ipaddress.IPv6Address) else None
    return _public(ip if inner is None else inner)


def guarded_sockets(allowed: Collection[str] = ()) -> Callable[[AddressInfo], socket.socket]:
    """A socket factory for aiohttp that raises `Blocked` for addresses inside a network.

    `allowed` names hosts or IP addresses that may be opened all the same: a partner inside the operator's
    network, or this machine, for trying things out.
    """
    permitted = frozenset(name.lower() for name in allowed)

    def make(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _name, endpoint = info
        address = str(endpoint[0])
        if address not in permitted and wanted_host.get() not in permitted and not is_public(address):
            raise Blocked(f"{address} is not a public address")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    return make


def _public(ip: IP) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if ip in _NAT64 or int(ip) >> 32 == 0:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
