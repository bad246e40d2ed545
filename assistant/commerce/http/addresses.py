"""Which addresses may be asked: nothing we send reaches into a private network unless the operator allows it.

A URL is checked when it is configured, and the address that its name leads to before each connection; the connection
goes to that very address, so a name that changes its meaning in between gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

import httpx

from knowledge.errors import BadInput, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_INSIDE = tuple(map(ipaddress.ip_network, (
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7",
)))
"""Where a platform of one's own may live: this machine, and private networks."""
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200", "fd00:ec2::254")))
"""Addresses at which clouds tell machines their secrets, and which lie in ranges that are fine otherwise."""


def checked_url(text: str, *, private: bool = False, named: str = "the URL") -> httpx.URL:
    """A base URL to send requests to: https, a host, no password in it, no query.

    `private` also allows plain http and private addresses; `named` says in errors where the URL comes from.

    Raises:
        BadInput: it can't be used; says why.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise BadInput(f"{named}: {error}") from error
    if url.scheme not in (("https", "http") if private else ("https",)):
        raise BadInput(f"{named} must begin with https://" + (" or http://" if private else ""))
    if url.userinfo or url.query or url.fragment or not url.host or any(c in text for c in "\\%?#@ \t\r\n"):
        raise BadInput(f"{named} must be a plain address such as https://platform.example/fairdesk")
    written = _written_address(url.host)
    if written is not None and not _may_ask(written, private=private):
        raise BadInput(f"{named} leads to {written}, which is not a public address")
    return url


def _written_address(host: str) -> Address | None:
    """The address that a host is written as, in any form that operating systems read (`0x7f.1`, `2130706433`)."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _may_ask(address: Address, *, private: bool) -> bool:
    """True for public addresses, and for those inside where `private` allows them; never for metadata services."""
    meant = _meant(address)
    if meant in _METADATA:
        return False
    if private and any(meant in network for network in _INSIDE):
        return True
    public = meant.is_global and not meant.is_multicast and not meant.is_reserved
    return public and (meant.version == 4 or meant in _PUBLIC_IPV6)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address wraps (mapped, 6to4, NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that the system's resolver gives for a host.

    Raises:
        OSError: it knows none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects to checked addresses only; the certificate is still checked against the host's name."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, private: bool = False, resolver: Resolve = resolve) -> None:
        self._inner, self._private, self._resolve = inner, private, resolver

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the first of the host's addresses that lets itself be connected to.

        Raises:
            Unavailable: the name leads to an address that may not be asked, or to none.
        """
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = await self._checked(host, port)
        request.extensions = {**request.extensions, "sni_hostname": host}
        for address in addresses[:-1]:
            try:
                return await self._to(address, request)
            except httpx.ConnectError:      # nothing was sent: the next address is as good
                continue
        return await self._to(addresses[-1], request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _to(self, address: str, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def _checked(self, host: str, port: int) -> Sequence[str]:
        """All addresses of a host; one that may not be asked among them spoils the others."""
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise Unavailable(f"{host} has no address: {error}") from error
        for address in addresses:
            if "%" in address or not _may_ask(ipaddress.ip_address(address), private=self._private):
                raise Unavailable(f"{host} leads to {address}, which is not a public address")
        if not addresses:
            raise Unavailable(f"{host} has no address")
        return addresses
