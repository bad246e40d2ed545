"""What a run over the benchmark's tasks came to: pass^1 and pass^k, and each trial's trace, as plain values."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.settings import Settings
from evals.external.ecom_bench.data import read_shop
from evals.external.ecom_bench.playing import Trial, play
from evals.external.ecom_bench.tasks import read_tasks
from knowledge.errors import BadInput

BUYER = "scripted: the task's own words in order, answers from its text; not a language model"


@dataclass(frozen=True, slots=True)
class BenchRun:
    """A run: all trials by task. A task passes^k when each of its k trials ended as the gold writes do."""

    trials: Mapping[str, Sequence[Trial]]
    k: int

    @property
    def pass_1(self) -> float:
        """The share of trials that passed, over all tasks."""
        return _share([sum(one.passed for one in trials) / len(trials) for trials in self.trials.values()])

    @property
    def pass_k(self) -> float:
        """The share of tasks of which every trial passed."""
        return _share([float(all(one.passed for one in trials)) for trials in self.trials.values()])

    @property
    def summary(self) -> tuple[str, ...]:
        """The run in lines for people: the shares, and what is wrong with each task that failed."""
        lines = [f"ECom-Bench, {len(self.trials)} tasks, buyer {BUYER}", f"pass^1 {self.pass_1:.1%}"]
        if self.k > 1:
            lines.append(f"pass^{self.k} {self.pass_k:.1%}")
        failed = ((task, one) for task, trials in self.trials.items() for one in trials if not one.passed)
        return (*lines, *dict.fromkeys(f"  task {task}: {_fault(one)}" for task, one in failed))

    def as_dict(self) -> dict[str, Any]:
        """The run for machines."""
        shares = {"pass^1": self.pass_1, **({f"pass^{self.k}": self.pass_k} if self.k > 1 else {})}
        tasks = {task: [asdict(one) for one in trials] for task, trials in self.trials.items()}
        about = {"benchmark": "ecom-bench", "buyer": BUYER, "tasks": len(self.trials), "k": self.k}
        return {**about, **shares, "trials": tasks}


async def run_bench(tasks: Path, data: Path, settings: Settings, k: int = 1) -> BenchRun:
    """Play a file of tasks over the shop in a folder, each task `k` times.

    Raises:
        BadInput: the tasks or the data can't be read.
    """
    return BenchRun(await play(read_tasks(tasks), read_shop(data), settings, k), k)


def found_data(tasks: Path) -> Path:
    """The shop's data where nobody says where: beside the tasks, or where the outside data lie.

    That is FAIRDESK_OUTSIDE_DATA, or the folder `shared/data` beside this repository.

    Raises:
        BadInput: it is in none of these places.
    """
    beside = Path(__file__).parents[4] / "shared" / "data"
    places = [tasks.parent / "data", Path(os.environ.get("FAIRDESK_OUTSIDE_DATA", beside)) / "ecom-bench" / "data"]
    for place in places:
        if (place / "orders.json").is_file():
            return place
    raise BadInput(f"the shop's data are not in {' nor in '.join(map(str, places))}: name the folder with --data")


def _share(parts: Sequence[float]) -> float:
    return sum(parts) / len(parts) if parts else 0.0


def _fault(trial: Trial) -> str:
    unsaid = [f"did not say {one!r}" for one in trial.missing_outputs]
    return ", ".join([*trial.wrong, *unsaid])
