"""The training loop: processes that average their gradients.

A run goes on from its last checkpoint; its minutes are the total over all runs.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import distributed

from worker.models.training import corpus, labels, vocabulary
from worker.models.training.batches import Batcher
from worker.models.training.losses import losses
from worker.models.training.net import Net, Shape
from worker.models.training.optimising import Optimiser
from worker.models.training.schedule import draw_length, rate
from worker.models.training.windows import Shelf

log = logging.getLogger(__name__)

AVERAGE_DECAY = 0.997
MAX_NORM = 2.0
CHECKPOINT_S = 120
REPORT_STEPS = 50
NEW_SHARDS_STEPS = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: where things lie, how long, on what."""

    folder: Path
    minutes: float
    seconds_a_batch: float = 64.0
    device: str = "cpu"
    rank: int = 0
    processes: int = 1


class Trainer:
    """A net on its way, in one of the processes."""

    def __init__(self, plan: Plan) -> None:
        """Read the data that is there, make or restore the net."""
        self._plan, self._shards = plan, set()
        self._vocabulary = _vocabulary(plan.folder)
        self._shelf = Shelf()
        self._take_new_shards()
        torch.manual_seed(1)
        shape = Shape(len(self._vocabulary), len(self._numbers()))
        self._device = torch.device(plan.device)
        self._net = Net(shape).to(self._device)
        self._average = Net(shape).to(self._device)
        self._average.load_state_dict(self._net.state_dict())
        self._optimiser = Optimiser(self._net, plan.rank, plan.processes)
        self._step, self._elapsed_s = 0, 0.0
        if (plan.folder / "checkpoint.pt").exists():
            self._restore()
        self._rng = np.random.default_rng((plan.rank, self._step))
        self._batcher = Batcher(self._shelf, self._vocabulary, self._rng)

    def run(self) -> None:
        """Train until the time is over."""
        report, saved_s, last = torch.zeros(4), self._elapsed_s, time.monotonic()
        progress = self._progress()
        while progress < 1:
            figures, progress = self._advance(progress)
            report += figures / REPORT_STEPS
            self._elapsed_s, last = self._elapsed_s + time.monotonic() - last, time.monotonic()
            if self._step % REPORT_STEPS == 0:
                self._report(report)
                report = torch.zeros(4)
            if self._step % NEW_SHARDS_STEPS == 0:
                self._take_new_shards()
            if self._elapsed_s > saved_s + CHECKPOINT_S or progress >= 1:
                self._save()
                saved_s = self._elapsed_s

    def _advance(self, progress: float) -> tuple[torch.Tensor, float]:
        """Take one step; returns what to report and the progress that all agree on."""
        # Of the step alone: processes that drew different lengths would wait for the slowest.
        length_s = draw_length(progress, np.random.default_rng(self._step))
        batch = self._batcher.batch(length_s, self._plan.seconds_a_batch)
        loss, report = losses(self._net, batch.to(self._device))
        self._net.zero_grad()
        loss.backward()
        shared = self._share(torch.cat([report.cpu(), torch.tensor([self._progress()])]))
        torch.nn.utils.clip_grad_norm_(self._net.parameters(), MAX_NORM)
        self._optimiser.step(rate(self._step, float(shared[-1])))
        self._step += 1
        decay = min(AVERAGE_DECAY, (1 + self._step) / (10 + self._step))
        with torch.no_grad():
            mine, averages = self._net.parameters(), self._average.parameters()
            for average, now in zip(averages, mine, strict=True):
                average.lerp_(now, 1 - decay)
        return shared[:-1], float(shared[-1])

    def _share(self, figures: torch.Tensor) -> torch.Tensor:
        """Average gradients and figures over the processes."""
        if self._plan.processes == 1:
            return figures
        gradients = [one.grad for one in self._net.parameters()]
        flat = torch.cat([*(gradient.flatten() for gradient in gradients), figures])
        distributed.all_reduce(flat)
        flat /= self._plan.processes
        sizes = [gradient.numel() for gradient in gradients]
        pieces = flat.split([*sizes, len(figures)])
        for gradient, piece in zip(gradients, pieces, strict=False):
            gradient.copy_(piece.view_as(gradient))
        return pieces[-1]

    def _progress(self) -> float:
        return self._elapsed_s / 60 / self._plan.minutes

    def _numbers(self) -> dict[str, int]:
        return labels.phone_numbers([], self._plan.folder / "phones.json")

    def _take_new_shards(self) -> None:
        """Put shards on the shelf that have appeared since."""
        for index in sorted((self._plan.folder / "data").glob("*.json")):
            if index.stem not in self._shards:
                spoken = corpus.read_shard(index)
                numbers = labels.phone_numbers(spoken, self._plan.folder / "phones.json")
                self._shelf.add(labels.label(spoken, self._vocabulary, numbers))
                self._shards.add(index.stem)

    def _report(self, figures: torch.Tensor) -> None:
        if self._plan.rank == 0:
            names = ("loss", "right", "phone", "guide")
            values = {name: round(float(v), 3) for name, v in zip(names, figures, strict=True)}
            minutes = round(self._elapsed_s / 60, 1)
            log.info(json.dumps({"step": self._step, "minutes": minutes, **values}))

    def _save(self) -> None:
        """Write the checkpoint as a whole, so that a kill at any time leaves a good one."""
        if self._plan.rank:
            return
        draft = self._plan.folder / "checkpoint.draft"
        torch.save(
            {
                "net": self._net.state_dict(),
                "average": self._average.state_dict(),
                "optimiser": self._optimiser.state(),
                "step": self._step,
                "elapsed_s": self._elapsed_s,
            },
            draft,
        )
        draft.rename(self._plan.folder / "checkpoint.pt")

    def _restore(self) -> None:
        saved = torch.load(self._plan.folder / "checkpoint.pt", map_location=self._device)
        average = {name: weight.float() for name, weight in saved["average"].items()}
        self._net.load_state_dict(saved.get("net", average))
        self._average.load_state_dict(average)
        # A checkpoint in half precision holds the weights alone: they begin a new schedule.
        if "optimiser" in saved:
            self._optimiser.restore(saved["optimiser"])
            self._step, self._elapsed_s = saved["step"], saved["elapsed_s"]


def work(rank: int, folder: str, minutes: float, processes: int, device: str) -> None:
    """Train as one of several processes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    if processes > 1:
        store = distributed.FileStore(f"{folder}/rendezvous", processes)
        distributed.init_process_group("gloo", store=store, rank=rank, world_size=processes)
    Trainer(Plan(Path(folder), minutes, device=device, rank=rank, processes=processes)).run()


def train(folder: Path, minutes: float, processes: int, device: str) -> None:
    """Train with some processes until `minutes` of training have passed in all."""
    (folder / "rendezvous").unlink(missing_ok=True)
    _vocabulary(folder)
    arguments = (str(folder), minutes, processes, device)
    if processes == 1:
        work(0, *arguments)
    else:
        torch.multiprocessing.spawn(work, arguments, processes)


def _vocabulary(folder: Path) -> vocabulary.Vocabulary:
    """Read the run's vocabulary, or learn it once."""
    path = folder / "tokenizer.json"
    if not path.exists():
        vocabulary.make().tokenizer.save(str(path))
    return vocabulary.load(path)
