"""Where the outside shops' data are: a folder beside this repository, or wherever FAIRDESK_OUTSIDE_DATA says."""

import os
from pathlib import Path

import pytest

from assistant.clock import new_id
from assistant.decisions.book import RuleBook
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from evals.external.outside import Counter, OutsideShop
from tests.fakes.clock import FixedClock

DATA = Path(os.environ.get("FAIRDESK_OUTSIDE_DATA", Path(__file__).parents[3] / "shared" / "data"))
JD, TAU2 = DATA / "ecom-bench", DATA / "tau2-retail"

needs_jd = pytest.mark.skipif(not JD.is_dir(), reason=f"ECom-Bench's data are not in {JD}")
needs_tau2 = pytest.mark.skipif(not TAU2.is_dir(), reason=f"tau2-bench's retail data are not in {TAU2}")


def counter_of(shop: OutsideShop, book: RuleBook, database: Database, clock: FixedClock) -> Counter:
    """Where writes into an outside shop are asked for, with a gateway over the test's database."""
    return Counter(shop, book, Gateway(database, shop, clock, new_id, lambda _id, _events: None))
