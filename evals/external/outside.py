"""An outside shop as a platform in memory, and the way of a write into it: rules, proposal, confirmation, effect."""

import asyncio
from abc import abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.cases.opening import title_of
from assistant.commerce.platform import Command, Effect, Platform
from assistant.conversation import ProposalMade
from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.facts import NestedFacts
from assistant.proposal import LIFETIME, Proposal, digest_of
from assistant.replies.cards import proposal_card
from assistant.scope import Scope
from assistant.store import conversations
from assistant.tools.gateway import Gateway
from knowledge.errors import Conflict, NotFound
from knowledge.text import Language


class OutsideShop(Platform):
    """A shop over a state of its own, which commands change; the same key changes it once."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self._done: dict[str, tuple[Command, Effect]] = {}
        self._acting = asyncio.Lock()

    async def perform(self, scope: Scope, command: Command, key: str) -> Effect:
        """Do it once: the same key gives the same effect again.

        Raises:
            NotFound: there is no such order.
            Conflict: the shop's state does not allow it, or the key was used for another command.
            BadInput: the shop has no such command.
        """
        if scope.tenant != self.tenant:
            raise NotFound("there is no such shop")
        async with self._acting:
            if key in self._done:
                return self._again(command, key)
            self.carry_out(command)
            effect = Effect(f"{self.tenant}-{len(self._done) + 1}")
            self._done[key] = command, effect
            return effect

    def _again(self, command: Command, key: str) -> Effect:
        before, effect = self._done[key]
        if before != command:
            raise Conflict(f"the key {key!r} was used for another command")
        return effect

    @property
    def performed(self) -> tuple[Command, ...]:
        """All that was done, oldest first."""
        return tuple(command for command, _ in self._done.values())

    def has_done(self, key: str) -> bool:
        """True when what was asked for under this key has been done."""
        return key in self._done

    def may_see(self, scope: Scope, buyer_id: str) -> bool:
        """True when a buyer's things are this scope's to see."""
        return scope.tenant == self.tenant and (scope.is_staff or scope.buyer_id == buyer_id)

    @abstractmethod
    def carry_out(self, command: Command) -> None:
        """Change the state as the command says, by what the shop documents of it."""

    @abstractmethod
    def facts(self, scope: Scope, command: Command, now: datetime) -> NestedFacts:
        """What is known of a wished-for command, for the shop's rules; another buyer's order is as none."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a write: the rules' decision, and whether it was carried out."""

    decision: Decision
    done: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """Where writes are asked for: nothing gets into the shop but what its rules grant and its buyer confirms."""

    shop: OutsideShop
    book: RuleBook
    gateway: Gateway
    language: Language = "zh"

    def decide(self, scope: Scope, command: Command) -> Decision:
        """What the shop's rules say of a command; its amount is of no account."""
        now = self.gateway.clock()
        return decide(self.book, self.shop.facts(scope, command, now), now)

    async def write(self, scope: Scope, command: Command) -> Written:
        """Propose what the rules grant, confirm it as the buyer, and have it carried out; refuse the rest."""
        decision = self.decide(scope, command)
        if decision.outcome != "grant":
            return Written(decision)
        amount = decision.amount.fen if decision.amount else 0
        proposal = await self._proposed(scope, replace(command, amount_fen=amount), decision)
        await self.gateway.confirm(scope, proposal.id)
        return Written(decision, done=self.shop.has_done(proposal.id))

    async def _proposed(self, scope: Scope, command: Command, decision: Decision) -> Proposal:
        """The proposal, put on the table of a conversation of its own."""
        gateway, now = self.gateway, self.gateway.clock()
        proposal_id, conversation_id = gateway.new_id(), gateway.new_id()
        digest = digest_of(scope.tenant, scope.subject, command)
        card = proposal_card(proposal_id, decision, None, digest, now + LIFETIME, self.language)
        title = title_of(decision.remedy or decision.claim)
        proposal = Proposal(
            proposal_id, scope.tenant, conversation_id, scope.subject, command, decision, title, self.language, card,
            now, now + LIFETIME,
        )
        async with gateway.database.write() as tx:
            conversation = await conversations.create(tx, scope, conversation_id, self.language, now)
            await gateway.propose(tx, scope, proposal)
            conversation, _ = await conversations.append(tx, conversation, [ProposalMade(card)], now)
            state = replace(conversation.state, proposal_id=proposal_id)
            await conversations.save(tx, replace(conversation, state=state))
        return proposal
