"""Whole conversations over a shop in ECom-Bench's form, made up here: a scripted buyer, the real turn, the books."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings
from evals.external.ecom_bench.report import found_data, run_bench
from knowledge.errors import BadInput

BUYER, SHOP = "buyer-1", "shop-1"
TO = {"收件人姓名": "林一", "电话号码": "13800000001", "详细地址": "旧街2号"}


def _product(product_id: str, title: str, price: float, swaps: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "商品ID": product_id, "商品名称": title, "商品状态": "已上架", "商品价格": price, "商品描述": title,
        "可换货商品": [{"商品ID": one, "商品描述": f"落地扇 {one[-2:]}寸", "商品状态": "已上架"} for one in swaps],
        "赠品信息": [], "辅材材料": [], "安装说明": "免费上门组装", "维修说明": "一年保修", "常见故障": [],
    }


def _order(order_id: str, status: str, product_id: str, price: float) -> dict[str, Any]:
    return {
        "用户ID": BUYER, "订单ID": order_id, "订单状态": status, "订单总金额": price, "是否加急": False,
        "订单商品列表": [{"商品ID": product_id, "单价": price, "数量": 1}], "收货地址": TO, "支付方式": "京东E卡",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shop of two fans, and a buyer with an order paid and one signed for."""
    paid = _order("800000000001", "已付款", "900000000001", 300)
    orders = [paid, _order("800000000002", "已签收", "900000000002", 200)]
    products = [_product("900000000001", "落地扇 16寸", 300, ("900000000018",)), _product("900000000002", "台扇", 200)]
    files: dict[str, Any] = {
        "orders": {"jd": {SHOP: {BUYER: {one["订单ID"]: one for one in orders}}}},
        "products": {"jd": {SHOP: {one["商品ID"]: one for one in products}}},
        "users_info": {BUYER: {"用户姓名": "林一", "电话号码": "13800000001", "电子卡余额": 250, "地址信息": TO}},
        "logistics": {"jd": {SHOP: {}}}, "invoices": {}, "register_cashback": {"jd": {SHOP: {}}},
        "service": {"jd": {SHOP: {}}}, "discount": {"jd": {SHOP: {}}},
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return tmp_path


def _tasks(folder: Path, instruction: str, *actions: dict[str, Any], outputs: tuple[str, ...] = ()) -> Path:
    task = {
        "task_id": 1, "user_id": BUYER, "instruction": instruction,
        "metadata": {"outputs": list(outputs), "actions": list(actions)},
    }
    path = folder / "tasks.json"
    path.write_text(json.dumps([task], ensure_ascii=False), encoding="utf-8")
    return path


def _settings(folder: Path) -> Settings:
    return Settings(home=folder / "home", demo=True, burst_ms=0, database_url=None)


EXCHANGE = "<意图一>\n你买了一台风扇，订单800000000001，想换货\n<\\意图一>\n<意图二>\n你希望换成18寸的\n<\\意图二>"
EXCHANGED = {
    "name": "manage_exchange", "arguments": {
        "action": "换货", "order_id": "800000000001", "original_product_id": "900000000001",
        "exchange_product_id": "900000000018",
    },
}


async def test_a_task_passes_when_the_books_end_as_they_should(folder: Path) -> None:
    """An exchange that is wished for in two messages is proposed, confirmed and done, in each way of speaking."""
    run = await run_bench(_tasks(folder, EXCHANGE, EXCHANGED), folder, _settings(folder), k=3)
    assert [trial.wrong for trial in run.trials["1"]] == [(), (), ()]
    assert all(any("可以换成：「落地扇 18寸」" in line.text for line in trial.trace) for trial in run.trials["1"])
    assert (run.pass_1, run.pass_k) == (1.0, 1.0)
    assert run.as_dict()["pass^3"] == 1.0
    assert "scripted" in run.summary[0]


async def test_what_nobody_wanted_fails_the_task(folder: Path) -> None:
    """The same dialogue with another gold fails, names what is wrong with the books, and nothing was done by force."""
    cancelled = {"name": "manage_order", "arguments": {"action": "取消", "order_id": "800000000001"}}
    run = await run_bench(_tasks(folder, EXCHANGE, cancelled), folder, _settings(folder))
    trial, = run.trials["1"]
    assert (trial.passed, trial.done, trial.wrong) == (False, [], ("order 800000000001",))


async def test_required_words_must_be_said(folder: Path) -> None:
    """A task whose books are right still fails when the assistant did not say what it had to."""
    run = await run_bench(_tasks(folder, EXCHANGE, EXCHANGED, outputs=("鱼香肉丝",)), folder, _settings(folder))
    trial, = run.trials["1"]
    assert (trial.passed, trial.wrong, trial.missing_outputs) == (False, (), ("鱼香肉丝",))


async def test_money_that_is_not_there_is_not_spent(folder: Path) -> None:
    """A purchase beyond the gift card is refused in the dialogue; with nothing in the gold, that passes."""
    wish = "<意图一>\n你想购买2台台扇（商品ID：900000000002），用京东E卡支付，让客服帮你下单\n<\\意图一>"
    run = await run_bench(_tasks(folder, wish), folder, _settings(folder))
    trial, = run.trials["1"]
    assert (trial.passed, trial.done) == (True, [])
    assert any("余额" in line.text for line in trial.trace)


def test_missing_data_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the shop's data the error says where they were looked for."""
    monkeypatch.setenv("FAIRDESK_OUTSIDE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match="--data"):
        found_data(tmp_path / "tasks.json")
