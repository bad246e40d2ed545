"""The words of an exported case's page, in both languages."""

from collections.abc import Mapping

from knowledge.text import Text

TITLE = Text("售后案卷", "After-sales case file")
COPY: Mapping[str, Text] = {
    "buyer": Text(
        "买家副本：平台工作人员、商家人员与评审员的姓名和编号已遮蔽",
        "Buyer's copy: people of the platform, of the shop and of the jury are not named",
    ),
    "merchant": Text(
        "商家副本：不含买家个人信息，也不含买家与平台的对话",
        "Merchant's copy: without the buyer's personal data, and without what the buyer and the platform wrote",
    ),
    "staff": Text(
        "平台全本：供监管部门、仲裁机构或法院使用", "The platform's full copy: for regulators, arbitrators or courts"
    ),
}

# headings
SUMMARY = Text("概况", "Summary")
PARTIES = Text("当事双方", "Parties")
ORDER = Text("订单", "Order")
DECISION = Text("处理决定", "Decision")
ARITHMETIC = Text("金额与算式", "Amounts and arithmetic")
PROOF = Text("完整依据", "Full proof")
CLAUSES = Text("依据条款", "Clauses relied on")
TIMELINE = Text("处理过程", "What happened")
RECEIPTS = Text("回执", "Receipts")
MESSAGES = Text("沟通记录", "Messages")
EVIDENCE = Text("图片证据", "Pictures given as evidence")
RECORD = Text("记录的完整性", "Integrity of the record")

# labels
NUMBER = Text("案号", "Case number")
STATE = Text("状态", "State")
OPENED = Text("受理时间", "Opened")
MOVED = Text("最近变动", "Last moved")
DECIDED = Text("决定金额", "Decided")
PAID = Text("已要求平台支付", "Asked of the platform so far")
BUYER = Text("买家", "Buyer")
MERCHANT = Text("商家", "Merchant")
PLATFORM = Text("平台", "Platform")
PHONE = Text("电话", "Phone")
ADDRESS = Text("收货地址", "Delivery address")
ORDER_NUMBER = Text("订单号", "Order")
PLACED = Text("下单时间", "Placed")
DELIVERED = Text("签收时间", "Delivered")
ITEM = Text("商品", "Goods")
QUANTITY = Text("数量", "Quantity")
WHEN = Text("时间", "Time")
WHAT = Text("事项", "What")
WHO = Text("由谁", "By")
TOTAL = Text("合计", "Total")
AMOUNT = Text("金额", "Amount")
SPLIT = Text("资金去向", "Who gets what")
ANSWER = Text("平台执行", "Platform")
REFERENCE = Text("平台编号", "Platform's number")
IN_FORCE = Text("施行日期", "In force from")
VERSION = Text("版本", "version")
SOURCE = Text("出处", "Source")
NEXT_DATE = Text("期限", "due")
RULE = Text("适用规则", "Rule applied")
RESULT = Text("结论", "Outcome")
ENTRIES = Text("记录条数", "Entries")
LAST_HASH = Text("末条哈希", "Hash of the last entry")
SEALED = Text("存证点", "Signed head")
KEY = Text("平台公钥", "Platform's public key")
SIZE = Text("字节", "bytes")
AS_GIVEN = Text("与提交时记录的哈希一致", "the same hash as when it was given as evidence")
NOT_AS_GIVEN = Text(
    "与提交时记录的哈希不一致：提交之后被改动", "not the hash of when it was given as evidence: changed since"
)
GONE = Text("原图已不再保存", "the picture is no longer kept")
HOW_TO_CHECK = Text(
    "本页内容、过程记录与图片由清单（manifest.json）签名固定。请按 README.txt 用从别处取得的平台公钥核验。",
    "This page, the record and the pictures are fixed by the signed list in manifest.json. README.txt says how to "
    "check them, with a public key that you have from elsewhere.",
)

ANSWERS: Mapping[str, Text] = {
    "pending": Text("尚未确认", "not confirmed yet"),
    "done": Text("已执行", "carried out"),
    "failed": Text("未执行", "not carried out"),
}
PARTY: Mapping[str, Text] = {
    "buyer": BUYER,
    "merchant": MERCHANT,
    "staff": Text("平台专员", "Specialist"),
    "juror": Text("评审员", "Juror"),
    "platform": PLATFORM,
    "clock": Text("到期自动", "The clock"),
    "assistant": Text("智能助手", "Assistant (AI)"),
    "agent": Text("人工客服", "Agent (a person)"),
}
SAID: Mapping[str, Text] = {
    "text": Text("说明", "says"),
    "reason": Text("理由", "reason"),
    "tracking_number": Text("运单号", "tracking number"),
    "carrier": Text("承运", "carrier"),
    "amount_fen": AMOUNT,
    "side": Text("支持", "for"),
    "stars": Text("评分", "stars"),
    "comment": Text("评价", "comment"),
    "attachments": Text("图片", "pictures"),
    "error": Text("原因", "cause"),
    "reference": REFERENCE,
    "command": Text("指令", "command"),
}
"""What came with an entry of the record, by its name there."""
