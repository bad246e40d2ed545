"""No request of ours goes to a private address, however it is written or looked up (R10)."""

from collections.abc import Sequence

import httpx
import pytest

from assistant.commerce.http.addresses import GuardedTransport, checked_url
from knowledge.errors import BadInput, Unavailable

INSIDE = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
    "017700000001", "0", "0.0.0.0", "10.0.0.1", "10.1", "0xa000001", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "192.168.1", "3232235521", "169.254.169.254", "169.254.1.1", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376",
    "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "[::]", "[::1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001:0:7f00:1::1]", "[fe80::1]", "[fc00::1]",
    "[fd00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[64:ff9b:1::1]",
    "127。0。0。1", "[::ffff:a9fe:a9fe]",
]
"""Hosts that are a private, local, reserved or metadata address in some spelling."""

ODD = [
    "http://platform.example", "ftp://platform.example", "file:///etc/passwd", "gopher://127.0.0.1:70",
    "//platform.example", "platform.example", "", "https://", "https:///x", "https://me:secret@platform.example",
    "https://platform.example@127.0.0.1", "https://platform.example#@127.0.0.1", "https://platform.example?x=1",
    "https://platform.example/\\127.0.0.1", "https://127.0.0.1\\@platform.example", "https://plat form.example",
    "https://platform.example\r\nHost: x", "https://%31%32%37.0.0.1", "https://①②⑦.⓪.⓪.①", "https://ＬＯＣＡＬＨＯＳＴ",
    "https://[fe80::1%25eth0]", "https://[::1", "javascript:alert(1)", "https://platform.example/%2e%2e",
]
"""URLs that can't be a platform's, or try to be read in two ways."""


@pytest.mark.parametrize("host", INSIDE)
def test_no_private_address_can_be_configured(host: str) -> None:
    """Each spelling of an address that is not public is refused when the setting is read."""
    with pytest.raises(BadInput):
        checked_url(f"https://{host}/fairdesk")


@pytest.mark.parametrize("url", ODD)
def test_no_odd_url_can_be_configured(url: str) -> None:
    """Other schemes, passwords, queries, and URLs that two programs would read in two ways are refused."""
    with pytest.raises(BadInput):
        checked_url(url)


def test_eighty_forms() -> None:
    """There are at least eighty of them."""
    assert len(set(INSIDE + ODD)) >= 80


def test_a_plain_address_is_taken() -> None:
    """A platform's https URL with a port and a path is what it was."""
    assert str(checked_url("https://platform.example:8443/fairdesk")) == "https://platform.example:8443/fairdesk"


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "192.168.0.7", "[::1]", "[fd12::1]", "platform.internal"])
def test_a_platform_of_ones_own_network_can_be_allowed(host: str) -> None:
    """With `private`, plain http and addresses inside are fine."""
    assert checked_url(f"http://{host}:8080", private=True).port == 8080


@pytest.mark.parametrize("host", [
    "169.254.169.254", "100.100.100.200", "168.63.129.16", "0.0.0.0", "[fd00:ec2::254]", "224.0.0.1",
])
def test_metadata_services_stay_closed(host: str) -> None:
    """Where clouds keep machines' secrets is never asked, not even when private addresses are allowed."""
    with pytest.raises(BadInput):
        checked_url(f"http://{host}", private=True)


class Wire(httpx.AsyncBaseTransport):
    """Answers, and remembers who was connected to and by which name."""

    def __init__(self, *refusing: str) -> None:
        self.asked: list[tuple[str, object, str]] = []
        self._refusing = refusing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Connect, unless the address refuses."""
        self.asked.append((request.url.host, request.extensions.get("sni_hostname"), request.headers["host"]))
        if request.url.host in self._refusing:
            raise httpx.ConnectError("refused")
        return httpx.Response(200)


def resolving(*addresses: str) -> object:
    """A resolver that gives these addresses in turn for each look-up."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


async def test_the_checked_address_is_the_one_that_is_asked() -> None:
    """The connection goes to the address that was looked up and checked, under the platform's own name."""
    wire = Wire()
    guarded = GuardedTransport(wire, resolver=resolving("93.184.216.34"))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=guarded) as http:
        await http.get("https://platform.example/orders/1")
    assert wire.asked == [("93.184.216.34", "platform.example", "platform.example")]


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    """A host with several addresses is reached by the first that lets itself be connected to."""
    wire = Wire("2606:2800::1")
    guarded = GuardedTransport(wire, resolver=resolving("2606:2800::1", "93.184.216.34"))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=guarded) as http:
        assert (await http.get("https://platform.example/")).status_code == 200
    assert [address for address, *_ in wire.asked] == ["2606:2800::1", "93.184.216.34"]


@pytest.mark.parametrize("inside", [
    "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "0.0.0.0",
])
async def test_a_name_that_leads_inside_is_not_asked(inside: str) -> None:
    """A public name with a private address among its addresses is refused, and nothing is sent to any of them."""
    wire = Wire()
    guarded = GuardedTransport(wire, resolver=resolving("93.184.216.34", inside))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=guarded) as http:
        with pytest.raises(Unavailable, match="not a public address"):
            await http.get("https://platform.example/")
    assert wire.asked == []


async def test_a_name_without_an_address_is_unavailable() -> None:
    """A name that the resolver does not know makes the platform unavailable, and says which name."""
    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError("name or service not known")

    async with httpx.AsyncClient(transport=GuardedTransport(Wire(), resolver=unknown)) as http:
        with pytest.raises(Unavailable, match=r"platform\.example"):
            await http.get("https://platform.example/")
