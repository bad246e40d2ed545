"""An exported case as one page to read and print, in the language asked for: without script, with its style inside."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from assistant.cases.events import CaseEvent, Json
from assistant.conversation import AssistantReply, BuyerMessage, Event, StaffMessage
from assistant.currency import money
from assistant.decisions.decision import Amount, Decision
from assistant.decisions.explain import explain_short
from assistant.decisions.vocabulary import default_vocabulary
from assistant.record import page_words as words
from assistant.record.copies import free_text, name_of, shown_to
from assistant.record.dossier import Dossier, Picture
from assistant.store.case_files import Paid
from knowledge.clauses import Clause
from knowledge.text import Text

_STYLE = Path(__file__).with_name("page.css").read_text("utf-8")


def case_page(dossier: Dossier) -> str:
    """The whole page; all that people wrote is escaped, and phone, card and identity numbers in it are masked."""
    return _Page(dossier).html()


@dataclass(frozen=True, slots=True)
class _Page:
    """Writes the page of one file: a method for each section."""

    file: Dossier

    def html(self) -> str:
        case, language = self.file.case, "zh-CN" if self.file.language == "zh" else "en"
        title = f"{self.say(words.TITLE)} {case.number}"
        return (
            f"<!doctype html><html lang='{language}'><head><meta charset='utf-8'><title>{escape(title)}</title>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'; "
            f"img-src 'self' file:\"><style>{_STYLE}</style></head>"
            f"<body><main>{''.join(self.parts())}</main></body></html>\n"
        )

    def parts(self) -> Iterable[str]:
        """The page from top to bottom; sections with nothing in them are left out."""
        yield self.heading()
        yield self.section(words.SUMMARY, self.summary())
        yield self.section(words.PARTIES, self.parties())
        yield self.section(words.ORDER, self.order())
        if self.file.written.decision:
            yield from self.decision(self.file.written.decision)
        yield self.section(words.CLAUSES, "".join(map(self.clause, self.file.clauses)))
        yield self.section(words.TIMELINE, self.timeline())
        yield self.section(words.RECEIPTS, self.receipts(self.file.written.paid))
        yield self.section(words.MESSAGES, "".join(map(self.message, self.file.written.messages)))
        yield self.section(words.EVIDENCE, "".join(map(self.picture, self.file.pictures)))
        yield self.section(words.RECORD, self.integrity())

    # -- sections --

    def heading(self) -> str:
        case = self.file.case
        title = f"{self.say(words.TITLE)} {case.number}"
        about, copy = escape(self.say(case.title)), self.say(words.COPY[self.file.audience])
        return f"<header><h1>{escape(title)}</h1><p>{about}</p><p class='quiet'>{copy}</p></header>"

    def summary(self) -> str:
        case = self.file.case
        state = self.file.terms.states.get(case.state)
        return self.facts({
            words.NUMBER: case.number, words.STATE: self.say(state) if state else case.state,
            words.OPENED: self.at(case.created_at), words.MOVED: self.at(case.moved_at),
            words.DECIDED: money(case.amount_fen, case.currency) if case.amount_fen else "",
            words.PAID: money(case.paid_fen, case.currency) if case.paid_fen else "",
        })

    def parties(self) -> str:
        """Both sides; people by the first character of their name, phones and addresses as the platform masks them."""
        file, shop = self.file, self.file.shop
        known: dict[Text, str] = {}
        if file.audience != "merchant":
            buyer = file.buyer
            known[words.BUYER] = f"{name_of(buyer.name)}（{file.case.buyer_id}）" if buyer else file.case.buyer_id
            known[words.PHONE] = buyer.phone_masked if buyer else ""
            known[words.ADDRESS] = file.order.address_masked if file.order else ""
        known[words.MERCHANT] = f"{self.say(shop.name)}（{shop.id}）" if shop else file.case.shop_id
        known[words.PLATFORM] = file.case.tenant
        return self.facts(known)

    def order(self) -> str:
        order = self.file.order
        if order is None:
            return self.facts({words.ORDER_NUMBER: self.file.case.order_id})
        head = self.facts({
            words.ORDER_NUMBER: order.id, words.PLACED: self.at(order.created_at),
            words.DELIVERED: self.at(order.delivered_at),
        })
        rows = [
            (escape(self.say(one.title)), str(one.quantity), money(one.paid_fen, order.currency))
            for one in order.items if self.file.case.item_id in (None, one.id)
        ]
        return head + self.table((words.ITEM, words.QUANTITY, words.AMOUNT), rows)

    def decision(self, decision: Decision) -> Iterable[str]:
        """What was decided, the arithmetic, and the whole proof; a merchant's copy has no facts about the buyer."""
        title = self.say(decision.title) if decision.title else ""
        dates = "".join(
            f"<li>{escape(self.say(one.label))} {self.at(one.at)}</li>" for one in decision.deadlines
        )
        reasons = "".join(f"<li>{escape(self.say(one))}</li>" for one in decision.because)
        freight = default_vocabulary().freight.get(decision.return_freight or "")
        yield self.section(words.DECISION, self.facts({
            words.RESULT: explain_short(decision, self.file.language), words.WHEN: self.at(decision.at),
            words.RULE: f"{title}（{decision.rule}）" if decision.rule else "",
        }) + f"<ul>{reasons}{f'<li>{escape(self.say(freight))}</li>' if freight else ''}{dates}</ul>")
        if decision.amount:
            yield self.section(words.ARITHMETIC, self.arithmetic(decision.amount))
        if self.file.audience != "merchant":
            yield self.section(words.PROOF, f"<pre>{escape(self.free(self.file.proof))}</pre>")

    def arithmetic(self, amount: Amount) -> str:
        """The lines and the amount that they add up to, and who gets what of all that moves."""
        lines = [(escape(self.say(one.label)), money(one.fen, amount.currency)) for one in amount.lines]
        total = (self.say(words.TOTAL), money(amount.fen, amount.currency))
        table = self.table((words.WHAT, words.AMOUNT), lines, total)
        shares = [(escape(self.say(one.label)), money(one.fen, amount.currency)) for one in amount.split]
        return table + (self.table((words.SPLIT, words.AMOUNT), shares) if len(shares) > 1 else "")

    def clause(self, clause: Clause) -> str:
        version = f"{self.say(words.VERSION)} {clause.version} · " if clause.version else ""
        since = clause.in_force_from.isoformat() if clause.in_force_from.year > 1 else "—"
        about = f"{version}{self.say(words.IN_FORCE)} {since} · {self.say(words.SOURCE)}: {clause.source.name}"
        return (
            f"<h3>{escape(self.say(clause.title))} <small>{escape(clause.id)}</small></h3>"
            f"<p><small>{escape(about)}</small></p><blockquote>{escape(self.say(clause.text))}</blockquote>"
        )

    def timeline(self) -> str:
        events = [shown_to(self.file.audience, one.event) for one in self.file.written.record]
        rows = [
            (str(one.seq), self.at(one.at), self.actor(one.actor), self.happened(one)) for one in events
        ]
        return self.table((Text("#", "#"), words.WHEN, words.WHO, words.WHAT), rows)

    def receipts(self, paid: Iterable[Paid]) -> str:
        rows = [
            (self.at(one.at), f"{escape(one.receipt.title)}<br><small>{escape(one.receipt.reference)}</small>",
             f"{self.say(words.ANSWERS[one.state])}<br><small>{escape(one.reference)}</small>",
             money(one.amount_fen, self.file.case.currency))
            for one in paid
        ]
        return self.table((words.WHEN, words.WHAT, words.ANSWER, words.AMOUNT), rows) if rows else ""

    def message(self, event: Event) -> str:
        who, text = _spoken(event)
        return (
            f"<div class='said'><small>{self.at(event.at)} · {self.say(words.PARTY[who])}</small>"
            f"<p>{escape(self.free(text))}</p></div>"
        )

    def picture(self, picture: Picture) -> str:
        stored = picture.stored
        if not picture.data:
            return f"<p>{escape(stored.id)}: {self.say(words.GONE)}</p>"
        digest, given = hashlib.sha256(picture.data).hexdigest(), self.file.given.get(stored.id)
        kept = (words.AS_GIVEN if given == digest else words.NOT_AS_GIVEN) if given else None
        return (
            f"<figure><img src='{escape(picture.name)}' alt='{escape(stored.id)}'><figcaption><small>"
            f"{escape(picture.name)} · {len(picture.data)} {self.say(words.SIZE)}</small><br>"
            f"<span class='hash'>SHA-256 {digest}</span>"
            f"{f'<br><small>{self.say(kept)}</small>' if kept else ''}</figcaption></figure>"
        )

    def integrity(self) -> str:
        last, head = self.file.written.record[-1], self.file.heads[-1]
        table = self.facts({
            words.ENTRIES: str(last.event.seq), words.LAST_HASH: last.hash,
            words.SEALED: f"{head['number']} · {self.at(datetime.fromisoformat(head['at']))}",
            words.KEY: self.file.signer.public,
        })
        return f"{table}<p>{self.say(words.HOW_TO_CHECK)}</p>"

    # -- pieces --

    def happened(self, event: CaseEvent) -> str:
        """An entry in words: what it is, where it led, and what came with it."""
        label, to = self.file.terms.events.get(event.kind), self.file.terms.states.get(str(event.data.get("to")))
        head = escape(self.say(label) if label else event.kind) + (f" → {escape(self.say(to))}" if to else "")
        due, said = event.data.get("due"), event.data.get("said")
        told = [self.told(name, value) for name, value in said.items()] if isinstance(said, dict) else []
        if isinstance(due, str):
            told.append(f"{self.say(words.NEXT_DATE)} {self.at(datetime.fromisoformat(due))}")
        return head + (f"<br><small>{'<br>'.join(told)}</small>" if told else "")

    def told(self, name: str, value: Json) -> str:
        label = words.SAID.get(name)
        if name.endswith("_fen") and isinstance(value, int):
            value = money(value, self.file.case.currency)
        elif isinstance(value, list):
            value = "，".join(map(str, value))
        elif name == "side":
            value = self.say(words.PARTY.get(str(value), Text(str(value), str(value))))
        return escape(f"{self.say(label) if label else name}: {self.free(str(value))}")

    def actor(self, actor: str) -> str:
        party, _, subject = actor.partition(":")
        name = words.PARTY.get(party)
        return escape((self.say(name) if name else party) + (f" {subject}" if subject else ""))

    def section(self, title: Text, body: str) -> str:
        return f"<section><h2>{escape(self.say(title))}</h2>{body}</section>" if body else ""

    def facts(self, known: dict[Text, str]) -> str:
        """A table of what is known; what isn't has no row."""
        rows = "".join(
            f"<tr><th scope='row'>{escape(self.say(name))}</th><td{_kind(value)}>{escape(value)}</td></tr>"
            for name, value in known.items() if value
        )
        return f"<table><tbody>{rows}</tbody></table>" if rows else ""

    def table(self, columns: tuple[Text, ...], rows: Iterable[tuple[str, ...]], total: tuple[str, ...] = ()) -> str:
        """A table of cells that are markup already; amounts stand at the right."""
        ends = columns[-1] is words.AMOUNT
        head = "".join(
            f"<th scope='col'{_last(ends, i, columns)}>{escape(self.say(one))}</th>" for i, one in enumerate(columns)
        )
        body = "".join(self.row(cells, ends, "") for cells in rows)
        body += self.row(total, ends, " class='total'") if total else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def row(self, cells: tuple[str, ...], ends: bool, kind: str) -> str:
        return f"<tr{kind}>{''.join(f'<td{_last(ends, i, cells)}>{one}</td>' for i, one in enumerate(cells))}</tr>"

    def say(self, text: Text) -> str:
        return text.in_(self.file.language)

    def free(self, text: str) -> str:
        return free_text(self.file.audience, text)

    def at(self, at: datetime | None) -> str:
        """A time to the second where the platform trades, with the zone, for these papers may be read elsewhere."""
        if at is None:
            return ""
        local = at.astimezone(self.file.zone)
        offset = f"{local:%z}"
        return f"{local:%Y-%m-%d %H:%M:%S} UTC{offset[:3]}:{offset[3:]}"


def _spoken(event: Event) -> tuple[str, str]:
    """Who said something, and the words."""
    said = event.payload
    if isinstance(said, BuyerMessage):
        return "buyer", said.text or "…"
    if isinstance(said, AssistantReply):
        return "assistant", said.reply.text
    assert isinstance(said, StaffMessage), "the file holds what was spoken"
    return "agent", said.text


def _kind(value: str) -> str:
    return " class='hash'" if len(value) == 64 and value.isalnum() and value.isascii() else ""


def _last(ends: bool, index: int, cells: tuple[object, ...]) -> str:
    return " class='money'" if ends and index == len(cells) - 1 else ""
