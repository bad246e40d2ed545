"""Conversations for the fake desk: one of each owner, the first with everything that a desk can show."""

from typing import Any

from tests.browser.fake_desk_api import FakeDesk, Json, Talk, ago

CLAUSE: Json = {
    "id": "consumer-law#25",
    "document": "消费者权益保护法",
    "title": "网购七日无理由退货",
    "text": "网络购买的商品，收货后七日内可以退货，不必说明理由；定作的、鲜活易腐的等除外。",
    "version": "2014-03-15",
    "in_force": {"from": "2014-03-15T00:00:00+08:00", "to": None},
    "rank": "statute",
    "source": "自述，据公开法律文本",
}

DECISION: Json = {
    "type": "decision",
    "outcome": "grant",
    "title": "质量问题退货退款",
    "amount": {
        "fen": 45900,
        "currency": "CNY",
        "lines": [{"label": "商品实付", "fen": 49900}, {"label": "已退差价", "fen": -4000}],
    },
    "facts": [
        {"label": "签收时间", "value": "11 月 17 日 14:02", "source": "物流"},
        {"label": "问题", "value": "充电时发烫、自动关机", "source": "买家"},
    ],
    "reasons": ["签收 4 天，在七日内", "买家说的是性能故障，可以退货"],
    "citations": ["consumer-law#25"],
    "rules": [
        {
            "id": "cn.guarantee.digital",
            "title": "三包：七日内性能故障可退",
            "rank": "standard",
            "truth": "open",
            "conditions": [
                {"text": "签收不超过 7 天", "truth": "true"},
                {"text": "不是人为损坏", "truth": "open"},
                {"text": "已超过保修期", "truth": "false"},
            ],
        }
    ],
    "alternatives": [{"claim": "exchange", "title": "换货"}, {"claim": "repair", "title": "维修"}],
    "until": "2026-11-24T23:59:00+08:00",
}


FACTS: Json = {
    "claim.reason": {
        "label": {"zh": "原因", "en": "reason"},
        "known_by": "buyer",
        "values": {"quality": {"zh": "质量问题", "en": "faulty"}},
    }
}

ENGINE_DECISION: Json = {
    "outcome": "grant",
    "claim": "return",
    "title": {"zh": "质量问题退货退款", "en": "Return of faulty goods"},
    "amount": {"fen": 45900, "currency": "CNY", "lines": [{"label": {"zh": "实付", "en": "Paid"}, "fen": 45900}]},
    "because": [{"zh": "签收 4 天，在七日内", "en": "Delivered 4 days ago, within seven"}],
    "citations": ["consumer-law#25"],
    "alternatives": [],
    "counterfactuals": [{"text": {"zh": "11月24日前可以申请", "en": "Open until 24 Nov"}, "fact": "claim.at"}],
    "proof": [
        {
            "rule": "cn.return.seven-day",
            "title": {"zh": "七日无理由", "en": "Seven-day return"},
            "rank": "statute",
            "truth": "false",
            "conditions": [
                {"expression": "claim.reason == 'changed_mind'", "truth": "false", "facts": {"claim.reason": "quality"}}
            ],
        },
        {
            "rule": "cn.guarantee.digital",
            "title": {"zh": "三包：七日内可退", "en": "Three guarantees"},
            "rank": "standard",
            "truth": "true",
            "conditions": [],
            "exceptions": [],
        },
    ],
}


def row(name: str, called: str, owner: str, **more: Any) -> Json:
    """A queue row with the usual values."""
    usual: Json = {
        "id": name,
        "buyer": {"id": f"b-{name.removeprefix('c-')}", "name": called, "credit_tier": 3},
        "owner": owner,
        "language": "zh",
        "waiting_since": None,
        "priority": 3,
        "queue": "general",
        "skills": [],
        "reason": {"zh": "", "en": ""},
        "mood": "calm",
        "last_text": "",
        "last_at": ago(minutes=5),
        "agent": None,
    }
    return usual | more


def world() -> FakeDesk:
    """A morning at the desk."""
    desk = FakeDesk(clauses={CLAUSE["id"]: CLAUSE}, orders=[order()], facts=FACTS)
    add_angry_buyer(desk)
    add_english_buyer(desk)
    others = [
        row(
            "c-chen",
            "陈阿姨",
            "queued",
            priority=3,
            mood="anxious",
            waiting_since=ago(seconds=40),
            last_text="我不会弄这个退款，能找个人帮我吗",
            reason={"zh": "买家要人工", "en": "Asked for a person"},
        ),
        row("c-li", "李雷", "assistant", last_text="那七天是从哪天开始算"),
        row("c-han", "韩梅梅", "human", last_text="好的谢谢", agent={"id": "s-wang", "name": "王工"}),
        row("c-old", "赵先生", "closed", last_text="收到退款了", mood="thankful"),
    ]
    for one in others:
        talk = desk.add(one)
        talk.log("buyer_message", "buyer", {"client_id": "x", "text": one["last_text"], "attachments": []})
    return desk


def add_angry_buyer(desk: FakeDesk) -> None:
    """A phone that gets hot: decided, proposed, then handed over because the buyer is angry."""
    text = "说了三遍了！手机充电烫手还自己关机，别再让我等了，叫人来！"
    reason = {"zh": "买家很生气，要求人工", "en": "The buyer is angry and asks for a person"}
    talk = desk.add(
        row(
            "c-zhou",
            "周晓雨",
            "queued",
            priority=1,
            mood="angry",
            waiting_since=ago(minutes=12),
            last_text=text,
            reason=reason,
            last_at=ago(minutes=12),
        ),
        briefing=briefing(),
        advice=advice(),
    )
    log_the_story(talk, text, reason)


def log_the_story(talk: Talk, text: str, reason: Json) -> None:
    """The events of the angry buyer's conversation."""
    cite = {"n": 1, "clause": "consumer-law#25", "title": "网购七日无理由退货", "version": "2014-03-15"}
    reply = "签收 4 天，还在七日内，可以退货 [1]。请确认退款 459.00 元。"
    proposal = {
        "proposal_id": "p1",
        "title": "退货退款",
        "summary": ["退 459.00 元到原支付方式", "卖家承担运费"],
        "amount": {"fen": 45900, "currency": "CNY", "lines": []},
        "expires_at": ago(hours=-2),
        "digest": "d1",
    }
    cards = [DECISION, {"type": "proposal", **proposal}]
    buttons = [{"label": "确认"}, {"label": "先不要"}]
    asked = {"client_id": "b1", "text": "上周买的手机充电特别烫，自己关机", "attachments": []}
    talk.log("buyer_message", "buyer", asked, at=ago(minutes=16))
    reading = {"intents": ["claim.return"], "confidence": 0.82, "mood": "anxious", "flags": [], "facts": {}}
    talk.log("reading_made", "assistant", reading, "internal", ago(minutes=16))
    talk.log("decision_made", "assistant", {"decision": ENGINE_DECISION}, "internal", ago(minutes=16))
    said: Json = {"turn": "t1", "reply": {"text": reply, "language": "zh", "citations": [cite], "cards": cards}}
    said["reply"]["buttons"] = buttons
    talk.log("assistant_reply", "assistant", said, at=ago(minutes=16))
    done = {"turn": "t1", "step": "propose", "handled_seq": 1, "state": {"turns": 1}}
    talk.log("turn_taken", "assistant", done, "internal", ago(minutes=16))
    talk.log("proposal_made", "system", {"proposal": proposal}, at=ago(minutes=16))
    talk.log("buyer_message", "buyer", {"client_id": "b2", "text": text, "attachments": []}, at=ago(minutes=12))
    talk.log("handoff_made", "system", {"handover": {"rule": "anger", "reason": reason}}, "internal", ago(minutes=12))
    moved = {"from": "assistant", "to": "queued", "reason": reason}
    talk.log("owner_changed", "system", moved, at=ago(minutes=12))


def briefing() -> Json:
    """What the person who takes over reads first."""
    return {
        "asked": "手机充电发烫、自动关机，要求退货退款",
        "facts": DECISION["facts"],
        "decision": DECISION,
        "done": ["核对了订单与签收时间", "提出退款 459.00 元，买家还没有确认"],
        "mood": "angry",
        "rule": "情绪：生气且要求人工",
        "summary": "买家第三次描述同一故障，对重复提问不满。",
        "language": "zh",
    }


def advice() -> Json:
    """What the copilot says."""
    return {
        "intents": [
            {"name": "claim.return", "title": "要退货", "probability": 0.82},
            {"name": "act.person", "title": "要人工", "probability": 0.74},
        ],
        "clauses": [
            {
                "clause": "consumer-law#25",
                "title": "网购七日无理由退货",
                "excerpt": "网络购买的商品，收货后七日内可以退货，不必说明理由。",
                "score": 0.8,
            }
        ],
        "entitlement": DECISION,
        "open_questions": [{"fact": "item.damage", "question": "手机有没有摔过或进过水？"}],
        "suggestion": {
            "text": "让您反复说明，抱歉。您的手机符合退货条件，可退 459.00 元 [1]，我现在为您办理。",
            "citations": [{"n": 1, "clause": "consumer-law#25", "title": "网购七日无理由退货"}],
        },
        "next_step": "先道歉，再请买家确认退款方案。",
    }


def add_english_buyer(desk: FakeDesk) -> None:
    """A waiting conversation in English."""
    text = "My parcel says delivered but I never got it. I'm considering a lawyer."
    reason = {"zh": "提到法律途径", "en": "Mentions legal action"}
    talk = desk.add(
        row(
            "c-emma",
            "Emma Clark",
            "queued",
            language="en",
            priority=2,
            mood="distressed",
            waiting_since=ago(minutes=4),
            last_text=text,
            reason=reason,
        )
    )
    talk.log("buyer_message", "buyer", {"client_id": "e1", "text": text, "attachments": []})


def order() -> Json:
    """The angry buyer's order."""
    item = {
        "id": "i1",
        "title": "云迹 X5 手机",
        "category": "digital",
        "quantity": 1,
        "paid_fen": 49900,
        "refunded_fen": 4000,
        "options": {"颜色": "雾蓝", "容量": "256 GB"},
        "image": None,
    }
    parcel = {
        "carrier": "顺达快递",
        "tracking_number": "SD1002003004",
        "state": "delivered",
        "events": [{"at": ago(days=4), "text": "已签收，放在门卫处"}],
    }
    return {
        "id": "202611120000000123",
        "state": "delivered",
        "state_label": "已签收",
        "shop": {"id": "s1", "name": "云迹数码旗舰店"},
        "created_at": ago(days=9),
        "paid_fen": 49900,
        "refunded_fen": 4000,
        "currency": "CNY",
        "items": [item],
        "parcels": [parcel],
    }
