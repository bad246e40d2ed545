"""What buyers are told about a merchant's report: what is asked of them, what came of it. It accuses nobody."""

from collections.abc import Callable, Mapping
from datetime import tzinfo

from assistant.integrity.book import RiskBook
from assistant.integrity.reports import Report, State
from assistant.replies.wording import moment
from knowledge.text import Text


def notice_of(before: State | None, report: Report, book: RiskBook, zone: tzinfo) -> Text | None:
    """The line for the buyer once a report has moved from `before` (None: it is new); None where nothing is to be told.

    A report that was dismissed before the buyer heard of it is not mentioned.
    """
    if report.state == before or (before is None and report.state != "hearing"):
        return None
    write = _LINES.get(report.state)
    return write(report, book, zone) if write else None


def _hearing(report: Report, book: RiskBook, zone: tzinfo) -> Text:
    kind = book.kinds[report.kind].label
    return Text(
        f"商家就您的售后反馈了情况（{kind.zh}，{report.number}）。请在{_by(report, zone).zh}前说明经过，可以附图。"
        "没有说明的，平台按现有凭证审核。您的售后和退款照常进行。",
        f"The shop has a question about your claim ({kind.en}, {report.number}). Please tell us what happened by "
        f"{_by(report, zone).en}; pictures help. Without your account we go by the evidence there is. Your claim and "
        "refund go on as usual.",
    )


def _upheld(report: Report, _book: RiskBook, zone: tzinfo) -> Text:
    return Text(
        f"平台审核了商家的反馈（{report.number}）：{report.because.zh.rstrip('。')}。这条情况已记入账号诚信记录，"
        f"您可以在{_by(report, zone).zh}前申诉，由另一位专员审核。法定的退换和赔偿权利不受影响。",
        f"We looked into the shop's report ({report.number}): {report.because.en.rstrip('.')}. It is noted in your "
        f"account's integrity record. You can appeal until {_by(report, zone).en}, and somebody else will decide. Your "
        "legal rights are not affected.",
    )


def _dismissed(report: Report, _book: RiskBook, _zone: tzinfo) -> Text:
    return Text(
        f"平台没有采纳商家的反馈（{report.number}），您的账号没有任何记录。",
        f"The shop's report ({report.number}) was not accepted. Nothing is noted on your account.",
    )


def _closed(report: Report, _book: RiskBook, _zone: tzinfo) -> Text | None:
    if report.result == "dismissed" and report.appealed_by == "buyer":
        return Text(
            f"您的申诉成立（{report.number}）：记录已更正，权益恢复。给您添麻烦了，抱歉。",
            f"Your appeal was upheld ({report.number}): the record is corrected and nothing follows from it. We are "
            "sorry for the trouble.",
        )
    if report.result == "upheld" and report.appealed_by == "buyer":
        return Text(
            f"申诉已复审（{report.number}），维持原结果：{report.because.zh.rstrip('。')}。",
            f"Your appeal was looked at by somebody else ({report.number}), and the result stands: "
            f"{report.because.en.rstrip('.')}.",
        )
    return None


def _withdrawn(report: Report, _book: RiskBook, _zone: tzinfo) -> Text:
    return Text(
        f"商家撤回了反馈（{report.number}），您不需要再做什么。",
        f"The shop has withdrawn its report ({report.number}); there is nothing more for you to do.",
    )


def _by(report: Report, zone: tzinfo) -> Text:
    assert report.due, "a report that waits for somebody has a date"
    return Text(moment(report.due, "zh", zone), moment(report.due, "en", zone))


_LINES: Mapping[State, Callable[[Report, RiskBook, tzinfo], Text | None]] = {
    "hearing": _hearing, "upheld": _upheld, "dismissed": _dismissed, "closed": _closed, "withdrawn": _withdrawn,
}
