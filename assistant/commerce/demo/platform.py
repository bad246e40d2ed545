"""The demo shop as a platform."""

from collections.abc import Callable
from datetime import datetime

from assistant.commerce.demo.world import demo_world
from assistant.commerce.effects import EffectStore
from assistant.commerce.static import WorldPlatform

DEMO_TENANT = "demo"


class DemoPlatform(WorldPlatform):
    """The demo shop, tenant `demo`: its world on the day that `clock` tells and what was done to it."""

    def __init__(self, clock: Callable[[], datetime], effects: EffectStore) -> None:
        super().__init__(lambda: demo_world(clock()), effects, DEMO_TENANT)
