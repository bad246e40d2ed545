"""What a shop tells of its goods beyond title and price: the sheet that buyers ask about before they buy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.text import Text

ServiceKind = Literal["installation", "repair", "pick_up", "measuring", "removal"]
"""Visits that can be booked: to install, to repair, to fetch a return, to measure, to take the old one away."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One line of a product's specification."""

    name: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Promotion:
    """An offer that is on: what it is called, and what it gives under which conditions."""

    title: Text
    about: Text


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """How a service at home goes, what it costs, and what materials it takes."""

    kind: ServiceKind
    about: Text
    materials: Text | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What a code on the display means, and what to do about it."""

    meaning: Text
    advice: Text


@dataclass(frozen=True, slots=True)
class ProductSheet:
    """Everything on a product's page that buyers ask about; empty where the platform doesn't tell.

    `faults` are by the code as the display shows it, in capitals.
    """

    attributes: tuple[Attribute, ...] = ()
    in_the_box: tuple[Text, ...] = ()
    gifts: tuple[Text, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    services: tuple[ServiceInfo, ...] = ()
    faults: Mapping[str, Fault] = field(default_factory=dict)

    def service(self, kind: ServiceKind) -> ServiceInfo | None:
        """What is told of one service."""
        return next((one for one in self.services if one.kind == kind), None)
