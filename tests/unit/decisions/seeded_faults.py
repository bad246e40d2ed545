"""Faults to seed into a copy of the shipped rules: one edit each, and where the checker must point.

The line that must be named carries the mark `# here`, unless `at` says otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

MARK = "# here"
FILE = "returns.yaml"
NEW = "seeded.yaml"

DELIVERED = "order.state: delivered, order.delivered_at: -3d, order.created_at: -5d, item.paid_fen: 100"

Edit = Callable[[str], str]


@dataclass(frozen=True)
class Fault:
    """A fault: what it is, the code that must be found, the edit that makes it, and in which file."""

    name: str
    code: str
    edit: Edit
    file: str = FILE
    at: str = MARK

    def seed(self, folder: Path) -> tuple[str, int]:
        """Make the edit in a copy of the rules; returns the path and the line that must be named."""
        path = folder / self.file
        text = self.edit(path.read_text(encoding="utf-8") if path.exists() else "")
        path.write_text(text, encoding="utf-8")
        found = [n for n, line in enumerate(text.splitlines(), start=1) if self.at in line]
        return (str(path), found[0]) if found else ("", 0)


def instead(old: str, new: str) -> Edit:
    """Replaces the first place in which a text stands, which there must be."""

    def edit(text: str) -> str:
        assert old in text, f"the rules no longer say {old!r}"
        return text.replace(old, new, 1)

    return edit


def marked(old: str, new: str) -> Edit:
    """Replaces the end of a line, and marks the line."""
    return instead(f"{old}\n", f"{new}  {MARK}\n")


def first(condition: str) -> Edit:
    """Another first condition for the first rule."""
    return marked("- order.delivered", f"- {condition}")


def rules(*bodies: str) -> Edit:
    """Writes a file of these rules."""
    return lambda _: "rules:\n" + "\n".join(bodies)


def rule(name: str, body: str, rank: str = "platform", claim: str = "[return]", **options: str) -> str:
    """One rule; `grant`, `example` and `mark` (on its first line) have plain defaults."""
    grant = options.get("grant", "{remedy: return_and_refund, amount: item.refundable, return_freight: buyer}")
    example = options.get("example", f"[{{name: one, given: {{{DELIVERED}}}, expect: {{}}}}]")
    return f"""\
  - id: {name}  {options.get("mark", "")}
    title: {{zh: 种, en: Seed}}
    because: {{zh: 因为, en: because}}
    rank: {rank}
    cites: [returns#1.1]
    claim: {claim}
{indent(body, "    ")}
    grant: {grant}
    examples: {example}
"""


def clashing(*conditions: str, unless: str = "") -> Edit:
    """A rule with these conditions, and an exception."""
    lines = "".join(f'  - "{one}"\n' for one in conditions)
    exception = f"unless:\n  - {_told(unless)}\n" if unless else ""
    return rules(rule("seeded.clash", f"when:\n{lines}{exception}"))


def _told(condition: str) -> str:
    """A condition whose failure is told, on a line that is marked."""
    return f'{{if: "{condition}", because: {{zh: 甲, en: a}}}}  {MARK}'


_BEFORE = "{remedy: return_and_refund, amount: item.refundable, return_freight: buyer"

LOADING = [
    Fault("a fact misspelt in a condition", "unknown_name", first("order.dilivered")),
    Fault("a fact misspelt in a requirement", "unknown_name",
          marked("if: item.refundable_fen > 0", "if: item.refundabel_fen > 0")),
    Fault("a fact without its namespace", "unknown_name", first("delivered")),
    Fault("a fact misspelt in an amount", "unknown_name",
          marked("amount: item.refundable", "amount: item.refundable_fan * 2")),
    Fault("a fact misspelt in an example", "unknown_name",
          instead("given: {claim.reason: changed_mind,", "given: {claim.raison: changed_mind,"), at="claim.raison"),
    Fault("a function that there is not", "unknown_name",
          marked("days(order.delivered_at, claim.at) <= param.no_reason_days", "weeks(order.delivered_at) <= 1")),
    Fault("a parameter that nobody declares", "unknown_name",
          marked("<= param.no_reason_days", "<= param.no_raison_days")),
    Fault("a claim that there is not", "unknown_name", marked("claim: [return, refund]", "claim: [return, refnud]")),
    Fault("a remedy that there is not", "unknown_name",
          marked("remedy: return_and_refund", "remedy: return_and_cry")),
    Fault("a truth compared with a number", "ill_typed", first("order.delivered == 1")),
    Fault("a value that a fact never has", "ill_typed",
          marked("item.condition in ['unopened', 'opened_intact']", "item.condition in ['unopened', 'intact']")),
    Fault("money compared with text", "ill_typed",
          marked("if: item.refundable_fen > 0", "if: item.refundable_fen > '0'")),
    Fault("a time compared with a number", "ill_typed",
          first("order.delivered_at > 7")),
    Fault("a condition that comes to a number", "ill_typed",
          first("item.quantity + 1")),
    Fault("an amount that comes to text", "ill_typed",
          marked("amount: item.refundable", "amount: order.state + 'x'")),
    Fault("a condition that breaks off", "not_cel", first("order.delivered &&")),
    Fault("a bracket too many", "not_cel", first("order.delivered)")),
    Fault("no title", "bad_form",
          instead("    title: {zh: 七天无理由退货, en: Seven-day no-reason return}\n", ""),
          at="- id: cn.return.seven-day"),
    Fault("a key misspelt", "bad_form", marked("    unless:", "    unles:")),
    Fault("a rank that there is not", "bad_form", instead("rank: statute", f"rank: law  {MARK}")),
    Fault("no citation", "bad_form",
          instead("cites: [consumer-law#25, after-sales-standard#6.3.1.2]", f"cites: []  {MARK}")),
    Fault("a length of time in words", "bad_form",
          instead("deadlines: {ship_back: param.ship_back}", f"deadlines: {{ship_back: a week}}  {MARK}")),
    Fault("a day that is none", "unreadable", instead("{from: 2014-03-15}", f"{{from: 2014-03-35}}  {MARK}")),
    Fault("a key said twice", "unreadable", marked("    rank: statute", "    rank: statute\n    rank: shop")),
    Fault("a tab for blanks", "unreadable", marked("    rank: statute", "\trank: statute")),
    Fault("a parameter declared twice", "bad_form",
          lambda _: f"parameters:\n  ship_back: {{default: 9d, about: {{zh: 甲, en: a}}}}  {MARK}\n", NEW),
]

CITING = [
    Fault("a clause that is not there", "unknown_citation",
          instead("cites: [consumer-law#25, after", "cites: [consumer-law#925, after"), at="consumer-law#925"),
    Fault("a clause that a requirement invents", "unknown_citation",
          instead("cites: [returns#2.1]", f"cites: [returns#22.1]  {MARK}")),
    Fault("a clause that ended", "superseded_citation",
          instead("cites: [returns#2.1]", f"cites: [price-protection#1.2@2023]  {MARK}")),
    Fault("two versions at once", "overlapping_versions",
          rules(rule("cn.return.seven-day", "when: [order.delivered]\nin_force: {from: 2025-01-01}", mark=MARK)), NEW),
    Fault("a version of lower rank", "takes_away", rules(
        rule("seeded.right", "when: [order.delivered]\nin_force: {to: 2026-01-01}", "statute"),
        rule("seeded.right", "when: [order.delivered]\nin_force: {from: 2026-01-01}", f"platform  {MARK}")), NEW),
    Fault("a rule that ends as it begins", "never_in_force",
          instead("{from: 2014-03-15}", f"{{from: 2014-03-15, to: 2014-03-15}}  {MARK}")),
]

APPLYING = [
    Fault("two reasons at once", "never_applies",
          clashing("claim.reason == 'size'", "claim.reason == 'allergy'"), NEW, at="'allergy'"),
    Fault("numbers that exclude each other", "never_applies",
          clashing("item.quantity > 3", "order.delivered", "item.quantity < 2"), NEW, at="item.quantity < 2"),
    Fault("a window that is closed before it opens", "never_applies",
          clashing("days(order.delivered_at, claim.at) <= 7", "days( order.delivered_at,claim.at ) > 15"),
          NEW, at="> 15"),
    Fault("an exception that takes everything", "never_applies",
          clashing("order.delivered", unless="item.custom_made || order.delivered"), NEW),
    Fault("a condition that contradicts itself", "never_applies",
          clashing("order.delivered", "item.custom_made && !item.custom_made"), NEW, at="&& !item"),
    Fault("negative money", "never_applies", clashing("item.paid_fen < 0"), NEW, at="item.paid_fen < 0"),
    Fault("a wish that the rule is not about", "never_applies",
          clashing("claim.kind == 'repair'"), NEW, at="claim.kind"),
    Fault("a contradiction through brackets", "never_applies",
          clashing("!(item.custom_made || item.category in ['fresh', 'home'])", "item.category == 'home'"),
          NEW, at="item.category == 'home'"),
    Fault("known and not said", "never_applies",
          clashing("!has(claim.reason)", "claim.reason != 'size'"), NEW, at="!= 'size'"),
    Fault("a grant that a review always holds back", "never_decides", rules(
        rule("seeded.held", "when: [order.delivered, item.custom_made]", mark=MARK),
        rule("seeded.review", "when: [order.delivered]\neffect: review", grant="{}")), NEW),
    Fault("a grant that another always betters", "never_decides", rules(
        rule("seeded.less", "when: [order.delivered, item.custom_made]", grant="{remedy: repair}", mark=MARK),
        rule("seeded.more", "when: ['order.delivered || order.dispatched']", "standard",
             grant="{remedy: exchange, return_freight: seller}")), NEW),
    Fault("a rule that no example shows at work", "never_shown",
          rules(rule("seeded.unseen", "when: [item.large_appliance, item.periodical]", mark=MARK)), NEW),
]

SHOWING = [
    Fault("no example", "no_example",
          rules(rule("seeded.bare", "when: [order.delivered]", example="[]", mark=MARK)), NEW),
    Fault("an amount that is another", "example_failed",
          instead("remedy: return_and_refund, amount_fen: 19900", "remedy: return_and_refund, amount_fen: 19901"),
          at="changed their mind on the third day, unopened"),
    Fault("a figure that was changed", "example_failed",
          instead("  no_reason_days:\n    default: 7\n", "  no_reason_days:\n    default: 8\n"),
          at="the eighth day is too late"),
    Fault("an expectation that there is not", "example_failed",
          instead("expect: {outcome: refuse, cites: [returns#1.1]}", "expect: {outcom: refuse}"),
          at="the eighth day is too late"),
    Fault("a requirement that no example fails", "half_shown",
          rules(rule("seeded.lenient", f"when:\n  - order.delivered\n  - {_told('item.quantity < 50')}")), NEW),
    Fault("an exception that no example meets", "half_shown",
          rules(rule("seeded.excepting", f"when: [order.delivered]\nunless:\n  - {_told('item.opened')}")), NEW),
    Fault("a situation that every example is in", "half_shown",
          rules(rule("seeded.everywhere", f"when:\n  - item.quantity < 500  {MARK}")), NEW),
]

RIVALS = [
    Fault("two times for one refund", "conflict", rules(
        rule("seeded.first", "when: [order.delivered]", grant=_BEFORE + ", after_return: 3d, prefer: 5}", mark=MARK),
        rule("seeded.second", "when: [order.delivered]", grant=_BEFORE + ", after_return: 9d, prefer: 5}")), NEW),
    Fault("two deadlines where no example shows both rules", "conflict", rules(
        rule("seeded.first", "when: [order.delivered, item.large_appliance]", mark=MARK,
             grant=_BEFORE + ", deadlines: {refund: 24h}, prefer: 5}"),
        rule("seeded.second", "when: [order.delivered, item.periodical]",
             grant=_BEFORE + ", deadlines: {refund: 72h}, prefer: 5}")), NEW),
    Fault("two remedies that are worth the same", "conflict", rules(
        rule("seeded.first", "when: [order.delivered]", claim="[compensation]", mark=MARK,
             grant="{remedy: compensation, amount: item.refundable}"),
        rule("seeded.second", "when: [order.delivered]", claim="[compensation]",
             grant="{remedy: price_difference, amount: item.refundable}")), NEW),
    Fault("a smaller refund in the place of a whole one", "takes_away",
          rules(rule("seeded.part", "when: [order.delivered]", mark=MARK,
                     grant="{remedy: refund, amount: item.refundable_fen / 10}", claim="[return, refund]")), NEW),
    Fault("a smaller refund where no example shows it", "takes_away",
          rules(rule("seeded.part", "when: [order.delivered, item.periodical, item.large_appliance]", "shop", mark=MARK,
                     grant="{remedy: refund, amount: item.refundable_fen / 10}", claim="[return, refund]")), NEW),
    Fault("a slower refund that is preferred", "takes_away",
          rules(rule("seeded.slow", "when: [order.delivered]", "industry", claim="[return, refund]", mark=MARK,
                     grant=_BEFORE + ", after_return: 30d, prefer: 3}")), NEW),
    Fault("a buyer who pays for sending faulty goods back", "takes_away",
          rules(rule("seeded.freight", "when: [order.delivered]", mark=MARK, claim="[repair]",
                     grant="{remedy: exchange, return_freight: buyer}"),
                rule("seeded.right", "when: [order.delivered]", "statute", claim="[repair]",
                     grant="{remedy: repair, return_freight: seller}")), NEW),
    Fault("a claim that nothing grants", "uncovered_claim",
          lambda text: text.replace("claim: [complaint]", "claim: [exchange]"), "complaints.yaml", at="no such line"),
]

FAULTS = [*LOADING, *CITING, *APPLYING, *SHOWING, *RIVALS]
