"""What the fake server says: a fixed script with every card, in both languages, keyed by words in the message."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from tests.browser.fake_api import FakeConversation

Json = dict[str, Any]
LANGUAGES = ("zh", "en")


def moment(days: float = 0) -> str:
    """A moment that many days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def both(make: Any) -> Json:
    """A value for each language; `make` is handed a function that picks the words."""
    return {lang: make(lambda zh, en, lang=lang: zh if lang == "zh" else en) for lang in LANGUAGES}


_GOODS = [
    ("digital", "晨星 X2 无线降噪耳机", "Dawn X2 noise-cancelling headphones", 89900),
    ("fresh", "高山脆甜红富士苹果 5 斤", "Mountain Fuji apples, 2.5 kg", 4590),
    ("apparel", "亚麻宽松衬衫", "Loose linen shirt", 19900),
    ("appliances", "静音循环风扇", "Quiet air circulator", 32900),
    ("beauty", "氨基酸洁面乳", "Amino acid cleanser", 7900),
    ("home", "胡桃木床头柜", "Walnut bedside table", 56900),
    ("books", "《公道：一部契约史》", "Fair Dealing: a history of contract", 5800),
    ("pets", "冻干猫粮 1.8kg", "Freeze-dried cat food 1.8 kg", 15900),
]
_STATES = [
    ("delivered", "已签收", "Delivered"),
    ("delivered", "已签收", "Delivered"),
    ("dispatched", "运输中", "On the way"),
    ("paid", "待发货", "To be shipped"),
    ("unpaid", "待付款", "To be paid"),
    ("completed", "已完成", "Completed"),
    ("partly_refunded", "部分退款", "Partly refunded"),
    ("delivered", "已签收", "Delivered"),
]


def _order(index: int, say: Any) -> Json:
    category, zh, en, fen = _GOODS[index]
    state, state_zh, state_en = _STATES[index]
    scans = [{"at": moment(-index - 0.5), "text": say("快件已到达杭州转运中心", "Arrived at the Hangzhou hub")}]
    return {
        "id": f"20251100{index:02}",
        "state": state,
        "state_label": say(state_zh, state_en),
        "shop": {
            "id": f"s{index % 3}",
            "name": say(
                ["晨星数码", "山野果园", "素日服饰"][index % 3],
                ["Dawn Digital", "Hillside Orchard", "Plain Days"][index % 3],
            ),
        },
        "created_at": moment(-index - 3),
        "paid_fen": fen,
        "refunded_fen": 2000 if state == "partly_refunded" else 0,
        "currency": "CNY",
        "items": [
            {
                "id": f"i{index}",
                "title": say(zh, en),
                "category": category,
                "quantity": 1,
                "paid_fen": fen,
                "refunded_fen": 0,
                "options": {"colour": say("石墨黑", "Graphite")} if index == 0 else {},
                "image": f"/static/products/{category}.svg",
            }
        ],
        "parcels": [
            {
                "carrier": say("顺途快递", "Shuntu Express"),
                "tracking_number": f"ST88{index}0031",
                "state": "in_transit",
                "events": scans,
            }
        ]
        if state == "dispatched"
        else [],
    }


ORDERS = both(lambda say: [_order(index, say) for index in range(len(_GOODS))])

CLAUSES = both(
    lambda say: {
        "consumer-law#25": {
            "id": "consumer-law#25",
            "document": say("消费者权益保护法（要点）", "Consumer protection law, in our words"),
            "title": say("第二十五条 七天无理由退货", "Article 25: seven-day return"),
            "text": say(
                "网上购买的商品，自收到之日起七日内可以退货，无需说明理由。定做的、鲜活易腐的、在线下载或已拆封的音像制品和软件、交付的报刊除外。",
                "Goods bought online may be returned within seven days of receipt, without giving a reason. "
                "Custom-made goods, fresh goods, unsealed media and newspapers are excepted.",
            ),
            "version": "2014-03",
            "in_force": {"from": "2014-03-15", "to": None},
            "rank": "statute",
            "source": "https://flk.example/detail?id=25",
        },
    }
)

RECEIPT = both(
    lambda say: {
        "case_id": "c1",
        "case_number": "AS20251121-0007",
        "title": say("退货退款已受理", "Return and refund accepted"),
        "amount": {"fen": 88900, "currency": "CNY", "lines": []},
        "reference": "RF-7741-22",
        "at": moment(),
        "deadlines": [
            {"name": "ship_back", "label": say("寄回商品", "Send it back"), "at": moment(7)},
            {"name": "refund", "label": say("退款到账", "Refund arrives"), "at": moment(14)},
        ],
    }
)

CASE = both(
    lambda say: {
        "id": "c1",
        "number": "AS20251121-0007",
        "kind": "return",
        "state": "waiting_goods",
        "state_label": say("等待买家寄回", "Waiting for the goods to be sent back"),
        "currency": "CNY",
        "title": say("耳机退货退款", "Headphones: return and refund"),
        "amount_fen": 88900,
        "order_id": "2025110000",
        "steps": [
            {"name": "opened", "label": say("已受理", "Accepted"), "at": moment(), "due": None, "done": True},
            {
                "name": "ship",
                "label": say("等待您寄回", "Waiting for your parcel"),
                "at": None,
                "due": moment(7),
                "done": False,
            },
            {"name": "refund", "label": say("退款", "Refund"), "at": None, "due": moment(14), "done": False},
        ],
    }
)


def _decision(say: Any) -> Json:
    return {
        "type": "decision",
        "outcome": "grant",
        "title": say("七天无理由退货", "Seven-day return"),
        "amount": {
            "fen": 88900,
            "currency": "CNY",
            "lines": [
                {"label": say("实付", "Paid"), "fen": 89900},
                {"label": say("退货运费（买家承担）", "Return freight (yours)"), "fen": -1000},
            ],
        },
        "facts": [
            {
                "label": say("签收时间", "Delivered"),
                "value": say("3 天前", "3 days ago"),
                "source": say("订单", "order"),
            },
            {
                "label": say("商品状态", "Condition"),
                "value": say("未拆封", "unopened"),
                "source": say("您的回答", "your answer"),
            },
        ],
        "reasons": [
            say("签收至今 3 天，未满七天。", "Three days since delivery, fewer than seven."),
            say("商品未拆封。", "The item is unopened."),
        ],
        "citations": ["consumer-law#25"],
        "rules": [
            {
                "id": "cn.return.seven-day",
                "title": say("七天无理由退货", "Seven-day return"),
                "rank": "statute",
                "truth": "true",
                "conditions": [
                    {"text": say("签收后七日内", "within seven days of delivery"), "truth": "true"},
                    {"text": say("商品完好", "goods intact"), "truth": "true"},
                ],
            },
            {
                "id": "cn.quality",
                "title": say("质量问题退货", "Return for a defect"),
                "rank": "platform",
                "truth": "false",
                "conditions": [
                    {"text": say("存在质量问题", "there is a defect"), "truth": "false"},
                    {"text": say("有凭证", "there is evidence"), "truth": "open"},
                ],
            },
        ],
        "alternatives": [{"claim": "exchange", "title": say("换成另一款颜色", "Exchange for another colour")}],
        "until": moment(4),
    }


def _picker(say: Any) -> Json:
    lang = say("zh", "en")
    rows = [
        {
            "order_id": order["id"],
            "item_id": item["id"],
            "title": item["title"],
            "shop": order["shop"]["name"],
            "state_label": order["state_label"],
            "paid_fen": item["paid_fen"],
            "currency": "CNY",
            "created_at": order["created_at"],
            "image": item["image"],
        }
        for order in ORDERS[lang]
        for item in order["items"]
    ]
    return {"type": "order_picker", "orders": rows}


class Script:
    """Answers by the words of a message. `typing_s` is the pause between pieces of a reply."""

    def __init__(self, typing_s: float) -> None:
        self.typing_s = typing_s
        self.expires_days = 15 / 24 / 60

    async def answer(self, conversation: "FakeConversation", body: Json) -> None:
        """Types for a moment, streams the reply, then appends it."""
        reply = self.reply(conversation, body)
        turn = uuid4().hex
        conversation.frame("typing", {"by": "assistant"})
        await asyncio.sleep(0.05)
        for start in range(0, len(reply["text"]), 6):
            conversation.frame("delta", {"turn": turn, "text": reply["text"][start : start + 6]})
            await asyncio.sleep(self.typing_s)
        conversation.append("assistant_reply", "assistant", {"turn": turn, "reply": reply})

    def reply(self, conversation: "FakeConversation", body: Json) -> Json:
        """The reply to a message."""

        def say(zh: str, en: str) -> str:
            return zh if conversation.language == "zh" else en

        text, answer = body["text"].lower(), body.get("answer") or {}
        if body.get("attachments"):
            return _said(say("收到图片了，谢谢。", "Got the picture, thank you."))
        if answer.get("order_id"):
            return _reason(say)
        if answer.get("fact"):
            return self._offer(say)
        if "echo " in text:
            return _said(body["text"].split(" ", 1)[1])
        return self._by_words(text, say)

    def _by_words(self, text: str, say: Any) -> Json:
        table = [
            (
                ("退货", "return"),
                lambda: _said(say("好的，是哪一件商品？", "Of course. Which item is it?"), cards=[_picker(say)]),
            ),
            (
                ("快递", "parcel"),
                lambda: _said(
                    say("包裹正在路上，预计明天送达。", "It is on its way and should arrive tomorrow."),
                    cards=[_parcel(say)],
                ),
            ),
            (("规则", "policy"), lambda: _policy(say)),
            (
                ("图", "photo"),
                lambda: _said(
                    say("请拍一张破损处的照片。", "Please show us the damage."),
                    cards=[{"type": "photo", "prompt": say("破损处的照片", "A photo of the damage")}],
                ),
            ),
            (
                ("长", "long"),
                lambda: _said(
                    "\n".join(
                        f"{line}. {say('这是一段很长的说明文字。', 'This is a long explanation.')}"
                        for line in range(40)
                    )
                ),
            ),
            (
                ("进度", "progress"),
                lambda: _said(
                    say("这是您的售后进度：", "Here is your case:"), cards=[{"type": "case", **CASE[say("zh", "en")]}]
                ),
            ),
        ]
        for words, make in table:
            if any(word in text for word in words):
                return make()
        return _said(
            say(
                "这个问题不在我能回答的范围内，要为您转人工吗？",
                "I can't answer that from our rules. Shall I get a person?",
            ),
            buttons=[{"label": say("转人工", "Talk to a person"), "answer": {"intent": "act.person"}}],
        )

    def _offer(self, say: Any) -> Json:
        proposal = {
            "type": "proposal",
            "proposal_id": uuid4().hex,
            "title": say("退货退款 ¥889.00", "Return and refund ¥889.00"),
            "summary": [
                say("退回耳机一副，原路退款", "One pair of headphones back, refund the way you paid"),
                say("运费由您承担", "Freight is yours"),
            ],
            "amount": None,
            "expires_at": moment(self.expires_days),
            "digest": "d",
        }
        confirm = {
            "label": say("确认办理", "Confirm"),
            "answer": {"proposal_id": proposal["proposal_id"], "decision": "confirm"},
        }
        return _said(
            say(
                "可以退货。按七天无理由规则[1]，扣除运费后退 ¥889.00。",
                "You can return it. Under the seven-day rule[1] you get ¥889.00 after freight.",
            ),
            citations=_cited(say),
            cards=[_decision(say), proposal],
            buttons=[confirm],
        )

    def person(self, conversation: "FakeConversation") -> None:
        """The buyer is queued."""
        queue = {"position": 2, "wait_seconds": 130, "promised_at": None, "open": True}
        conversation.pass_to(
            "queued", {"zh": "已为您转接人工客服", "en": "We are getting a person for you"}, queue=queue
        )

    def confirmed(self, conversation: "FakeConversation", proposal: str) -> None:
        """The proposal was carried out."""
        conversation.append("proposal_closed", "system", {"proposal_id": proposal, "state": "confirmed"})
        conversation.append("receipt_issued", "system", {"receipt": RECEIPT[conversation.language]})
        conversation.append("case_changed", "system", {"case": _logged_case()})


def _logged_case() -> Json:
    """The case as the log has it: its words in both languages."""
    zh, en = CASE["zh"], CASE["en"]
    pairs = zip(zh["steps"], en["steps"], strict=True)
    steps = [{**a, "label": {"zh": a["label"], "en": b["label"]}} for a, b in pairs]
    return {**zh, "title": {"zh": zh["title"], "en": en["title"]}, "steps": steps}


def _said(text: str, **more: Any) -> Json:
    return {"text": text, "language": "zh", "citations": [], "cards": [], "buttons": [], "asks": None, **more}


def _cited(say: Any) -> list[Json]:
    title = say("消费者权益保护法 第二十五条", "Consumer protection law, article 25")
    return [{"n": 1, "clause": "consumer-law#25", "title": title, "version": "2014-03", "in_force_from": "2014-03-15"}]


def _reason(say: Any) -> Json:
    reasons = [
        ("不想要了", "Changed my mind", "changed_mind"),
        ("质量问题", "It is faulty", "quality"),
        ("发错货了", "Wrong item", "wrong_item"),
    ]
    buttons = [{"label": say(zh, en), "answer": {"fact": "claim.reason", "value": value}} for zh, en, value in reasons]
    return _said(say("退货的原因是？", "Why do you want to return it?"), buttons=buttons, asks="claim.reason")


def _policy(say: Any) -> Json:
    clause = {
        "clause": "consumer-law#25",
        "title": CLAUSES[say("zh", "en")]["consumer-law#25"]["title"],
        "excerpt": say("自收到之日起七日内可以退货……", "May be returned within seven days…"),
    }
    return _said(
        say("签收后七天内可以无理由退货[1]。", "You can return it within seven days of delivery[1]."),
        citations=_cited(say),
        cards=[{"type": "clauses", "items": [clause]}],
    )


def _parcel(say: Any) -> Json:
    scans = [
        ("正在派送", "Out for delivery"),
        ("到达杭州转运中心", "Arrived at the Hangzhou hub"),
        ("离开广州", "Left Guangzhou"),
        ("已揽收", "Picked up"),
    ]
    events = [{"at": moment(-index - 0.1), "text": say(zh, en)} for index, (zh, en) in enumerate(scans)]
    return {
        "type": "parcel",
        "carrier": say("顺途快递", "Shuntu Express"),
        "tracking_number": "ST8830031",
        "state_label": say("派送中", "Out for delivery"),
        "events": events,
    }
