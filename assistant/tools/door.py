"""The one door to the tools for planners that are models, and for other programs.

Any arguments may come, and none gets by:

offered     what may be asked for in this situation
schema_of   a tool as chat-completion endpoints and MCP describe it
answer      a read, at once
proposed    a write: the next step that the rules allow, which at most puts a proposal before the buyer
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.conversation import Task
from assistant.decisions.facts import FactCatalog, default_catalog
from assistant.planning import baskets, claims
from assistant.planning.commands import SWAP
from assistant.planning.deciding import may_tell
from assistant.planning.mind import Mind
from assistant.planning.step import Plan, Situation
from assistant.tools.reads import READS
from assistant.tools.tool import At, Json, Tool
from assistant.tools.writes import WRITES
from assistant.understanding.reading import Reading
from knowledge.errors import BadInput, NotAllowed

CATALOGUE: Mapping[str, Tool] = {**READS.tools, **WRITES.tools}
FACT_OF = {"promise": "claim.broken_promise", "need": "claim.invoice_need", "time": "claim.visit_time"}
"""The facts that arguments of other names stand for."""


def offered(situation: Situation) -> tuple[Tool, ...]:
    """The tools whose conditions hold in this situation."""
    return tuple(tool for tool in CATALOGUE.values() if tool.offered(situation))


def schema_of(tool: Tool, catalog: FactCatalog | None = None) -> dict[str, Any]:
    """A tool as a function for a model: its name, what it does, and a JSON schema of its arguments.

    Arguments that are facts with a choice of values list them.
    """
    parameters = tool.arguments.model_json_schema()
    for name, part in parameters.get("properties", {}).items():
        values = _values_of(name, catalog or default_catalog())
        if values and part.get("type") == "string":
            part["enum"] = list(values)
            part.pop("default", None)
    return {"name": tool.name, "title": tool.title.en, "description": tool.about, "parameters": parameters}


def _values_of(argument: str, catalog: FactCatalog) -> tuple[str | bool, ...]:
    name = FACT_OF.get(argument, f"claim.{argument}")
    if name not in catalog.names:
        return ()
    return tuple(option.value for option in catalog.fact(name).options if option.by == "buyer")


async def answer(name: str, arguments: Mapping[str, Any], at: At) -> Json:
    """What a read finds.

    Raises:
        BadInput: there is no such read, or its arguments are wrong.
        NotAllowed: it is not offered now.
        NotFound: what it is about isn't there, or isn't the buyer's.
    """
    tool = _tool(name, "reads", at.situation)
    found: Json = await tool.function(at, **_checked(tool, arguments))
    return found


async def proposed(name: str, arguments: Mapping[str, Any], at: At, mind: Mind) -> Plan:
    """The next step of a write: what is still to be asked, the proposal, or why not.

    Raises:
        BadInput: there is no such write, or its arguments are wrong.
        NotAllowed: it is not offered now.
        NotFound: what it is about isn't there, or isn't the buyer's.
    """
    tool = _tool(name, "writes", at.situation)
    task: Task = tool.function(at.situation, **_checked(tool, arguments))
    catalog = mind.book.every_fact
    for fact, value in task.facts.items():
        if not may_tell(catalog, fact, value):
            raise BadInput(f"{name}: {fact.partition('.')[2]} can't be {str(value)[:40]!r}")
    if task.claim == "exchange" and SWAP in task.facts and not _is_listed(task, at.situation):
        raise BadInput(f"{name}: the shop exchanges these goods for no such product")
    situation = await _stocked(task, at)
    return claims.advance(task, Reading("", situation.language), situation, mind.book)


def _is_listed(task: Task, situation: Situation) -> bool:
    """True when the shop lists the product that the task's goods are to be exchanged for."""
    order = situation.order(task.order_id)
    item = order.item(task.item_id) if order and task.item_id else None
    own = situation.products.get(item.product_id) if item else None
    return own is not None and task.facts[SWAP] in own.exchange_for


async def _stocked(task: Task, at: At) -> Situation:
    """The situation with the products that a task names, and with the ways to pay for them."""
    wanted = [line.product_id for line in baskets.read(task.facts.get("claim.basket"))]
    wanted += [str(task.facts[SWAP])] if SWAP in task.facts else []
    if not wanted:
        return at.situation
    products = [await at.platform.product(at.scope, one) for one in wanted]
    found = {one.id: one for one in products if one}
    payments = tuple(await at.platform.payment_methods(at.scope, at.situation.buyer.id))
    return replace(at.situation, found={**at.situation.found, **found}, payments=payments)


def _tool(name: str, effect: str, situation: Situation) -> Tool:
    tool = CATALOGUE.get(name)
    if tool is None or tool.effect != effect:
        raise BadInput(f"no tool that {effect} is called {name[:40]!r}")
    if not tool.offered(situation):
        raise NotAllowed(f"{name} is not possible in this situation")
    return tool


def _checked(tool: Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as the function takes them; one too many, of a wrong type or missing is refused."""
    try:
        model: BaseModel = tool.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "arguments"
        raise BadInput(f"{tool.name}: {place}: {first['msg']}") from error
    return {name: getattr(model, name) for name in tool.arguments.model_fields}
