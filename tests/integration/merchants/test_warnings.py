"""The warning on a return: from the case's own pictures and the platform's records, for the shop and for staff only."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from assistant.integrity.pictures import traces_of
from assistant.merchants.warnings import warning_on
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import attachments, traces
from assistant.store.attachments import Stored
from knowledge.errors import NotFound
from tests.fakes.scenes import BUYER, OTHER_BUYER, opened
from tests.integration.cases.scenes import held_now, open_case
from tests.integration.merchants.scenes import OTHER_SHOP, SHOP, on, weighed


def _picture(label: str = "") -> bytes:
    out, info = BytesIO(), PngInfo()
    if label:
        info.add_text("AIGC", label)
    Image.effect_mandelbrot((90, 80), (-2.0, -1.5, 1.0, 1.5), 40).save(out, "PNG", pnginfo=info)
    return out.getvalue()


async def _sent(services: Services, scope: Scope, conversation_id: str, data: bytes) -> None:
    """A buyer's picture, as the upload keeps it."""
    stored, found = Stored(services.new_id(), conversation_id, "image/png", len(data)), traces_of(data)
    assert found
    await attachments.add(services.database, scope, stored, services.clock())
    async with services.database.write() as tx:
        await traces.add(tx, scope, stored.id, found, services.clock())


async def test_a_light_parcel_and_a_labelled_picture_add_up(services: Services) -> None:
    """Weights by the carriers and labels in the pictures are told with their reasons, and nothing follows from them."""
    services = on(services, weighed(800, 40))
    case = await open_case(services.gateway)
    conversation = (await held_now(services.gateway, case.id)).conversation_id
    await _sent(services, BUYER, conversation, _picture("1"))
    found = await warning_on(services, SHOP, case.id)
    assert [one.signal for one in found.noticed] == ["parcel.empty", "picture.generated"]
    assert (found.weight, found.level) == (85, "check")


async def test_a_picture_that_another_buyer_sent_is_known_again(services: Services) -> None:
    """The same picture from somebody else is noticed; one's own picture sent twice is not."""
    case = await open_case(services.gateway)
    conversation = (await held_now(services.gateway, case.id)).conversation_id
    await _sent(services, BUYER, conversation, _picture())
    await _sent(services, BUYER, conversation, _picture())
    assert not (await warning_on(services, SHOP, case.id)).noticed
    await _sent(services, OTHER_BUYER, (await opened(services.database, OTHER_BUYER)).id, _picture())
    assert [one.signal for one in (await warning_on(services, SHOP, case.id)).noticed] == ["picture.reused"]


@pytest.mark.parametrize("stranger", [OTHER_SHOP, OTHER_BUYER, Scope("elsewhere", "agent", "lin")])
async def test_others_see_no_warning(services: Services, stranger: Scope) -> None:
    """The warning is for the shop concerned and for staff."""
    case = await open_case(services.gateway)
    with pytest.raises(NotFound):
        await warning_on(services, stranger, case.id)
