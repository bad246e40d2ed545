"""What routes ask for: the services, the keys, and a buyer's or a staff member's scope."""

from typing import Annotated

from fastapi import Depends, Path, Request

from api.auth import BuyerScope, Keys, Member, MerchantScope
from assistant.services import Services


def services_of(request: Request) -> Services:
    """The assistant's parts."""
    services: Services = request.app.state.services
    return services


def keys_of(request: Request) -> Keys:
    """The secrets that sign tokens."""
    keys: Keys = request.app.state.keys
    return keys


Parts = Annotated[Services, Depends(services_of)]
SigningKeys = Annotated[Keys, Depends(keys_of)]
Id = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[\w.-]+$")]

__all__ = ["BuyerScope", "Id", "Member", "MerchantScope", "Parts", "SigningKeys"]
