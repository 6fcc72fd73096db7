"""The pure parts of `make bench`: the cost model, the limits, what counts as met. No speed is measured here."""

import numpy as np
import pytest
from benchmarks import calls, goals, report
from benchmarks.engines.cost import MODELLED_H100, MODELLED_L4, Cost, CostModel, JobBatch
from benchmarks.engines.using import after_first, steady, use
from benchmarks.fleet import Drained
from benchmarks.goals import Figure, differ, judge
from benchmarks.gpu import figures as gpu
from benchmarks.gpu.sweep import Setting, sweep
from benchmarks.peers import Ran
from benchmarks.plots import rates_by_batch_size
from benchmarks.rows.front import least_windows
from benchmarks.rows.throughput import Pair
from ctranslate2 import StorageView

from worker.audio import pcm

WORDS = list(range(90))


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s

    def wait(self, seconds):
        self.now_s += seconds


def _network(cost=MODELLED_L4):
    clock = Clock()
    return clock, CostModel(cost, WORDS, ("en", "fr"), n_mels=80, wait=clock.wait, now=clock)


def _features(*seconds):
    rows = np.zeros((len(seconds), 80, 3000), np.float32)
    for row, length_s in zip(rows, seconds, strict=True):
        row[:, : int(length_s * 100)] = 0.5
    return StorageView.from_array(rows)


@pytest.mark.parametrize(("cost", "first_s", "full_s"), [(MODELLED_L4, 0.743, 3.43), (MODELLED_H100, 0.125, 2.207)])
def test_the_modelled_devices_cost_what_is_published(cost, first_s, full_s):
    assert (cost.first_s, cost.full_s) == (pytest.approx(first_s, abs=1e-3), pytest.approx(full_s, abs=2e-3))
    assert cost.a + cost.b == pytest.approx(1.0)


def test_a_batch_takes_the_time_of_its_rows():
    clock, network = _network()

    network.generate(network.encode(_features(30, 10, 1)), [[1]] * 3)

    assert clock.now_s - 100.0 == pytest.approx(MODELLED_L4.seconds(3))
    assert [batch.rows for batch in network.taken()] == [3]


def test_a_device_works_on_one_batch_at_a_time():
    clock, network = _network()
    encoded = network.encode(_features(30))

    answers = [network.generate(encoded, [[1]], asynchronous=True)[0] for _ in range(2)]

    assert clock.now_s == 100.0
    assert answers[1].ready_s - answers[0].ready_s == pytest.approx(MODELLED_L4.first_s)


def test_a_text_is_as_long_as_its_sound():
    _, network = _network()

    texts = network.generate(network.encode(_features(30, 10, 0)), [[1]] * 3)

    assert [len(text.sequences_ids[0]) for text in texts] == [90, 30, 1]


def test_words_are_spread_over_the_whole_sound():
    _, network = _network()

    (aligned,) = network.align(network.encode(_features(30)), [1], [WORDS], [3000])

    assert aligned.alignments[0] == (0, 0)
    assert aligned.alignments[-1] == (90, 1500)


def test_full_batches_without_gaps_are_the_whole_of_a_device():
    full_s = MODELLED_L4.full_s
    batches = [JobBatch(number * full_s, (number + 1) * full_s, 16) for number in range(8)]

    used = use(steady(batches, 16), MODELLED_L4)

    assert (used.batches, used.rows) == (5, 80)
    assert (used.occupancy, used.efficiency) == (1.0, pytest.approx(1.0))


def test_a_backlog_begins_with_the_first_full_batch():
    batches = [JobBatch(number, number + 1.0, rows) for number, rows in enumerate([1, 4, 16, 12, 16, 16, 9])]

    assert [batch.rows for batch in steady(batches, 16)] == [12, 16]
    assert [batch.rows for batch in after_first(batches)] == [4, 16, 12, 16]


def test_gaps_and_half_batches_lower_the_use():
    half = Cost("even", a=0.5, b=0.5, full_rows=2, window_rate=40.0)

    used = use([JobBatch(0.0, 1.0, 1), JobBatch(2.0, 3.0, 1)], half)

    assert used.occupancy == 0.5
    assert used.efficiency == pytest.approx(half.best_s(2) / 3.0)


def test_the_limit_is_their_own_time_over_our_windows_in_full_batches():
    """Computed by hand: 16.3 CPU-seconds and one batch a channel, against 137 windows in full batches: 1.81."""
    channel = JobBatch(0.0, MODELLED_L4.seconds(7.2), 7)
    ours = Drained(3600.0, 30.0, 8.0, (JobBatch(0.0, 1.0, 137),), ())
    pair = Pair(ours, Ran(3600.0, 54.0, 16.3, (channel,) * 20))

    assert pair.limit == pytest.approx(1.81, abs=0.04)


def test_rates_do_not_depend_on_how_often_a_mix_is_played():
    theirs = Ran(3600.0, 54.0, 16.3, (JobBatch(0.0, MODELLED_L4.seconds(7.2), 7),) * 20)
    batches = [JobBatch(3.5 * number, 3.5 * number + 3.43, 16) for number in range(20)]
    once, twice = Drained(3600.0, 40.0, 8.0, tuple(batches[:10]), ()), Drained(7200.0, 80.0, 16.0, tuple(batches), ())

    pairs = Pair(once, theirs), Pair(twice, theirs)

    assert pairs[0].limit == pytest.approx(pairs[1].limit)
    assert pairs[0].ratio == pytest.approx(pairs[1].ratio, rel=0.01)
    assert pairs[0].whole_ratio == pairs[1].whole_ratio == 1.35


def test_a_target_follows_the_limit_of_the_run():
    verdict = judge(Figure("P4-6min", [1.75], "modelled-L4", limit=1.8))

    assert (verdict.target, verdict.moonshot, verdict.met) == (pytest.approx(1.692), pytest.approx(1.764), True)


@pytest.mark.parametrize(
    ("row", "value", "words"),
    [
        ("P1", 0.995, "met, moonshot too"),
        ("P1", 0.96, "met"),
        ("P1", 0.90, "missed by 0.05 (5%)"),
        ("P5-6min", 1.01, "met"),
        ("P5-6min", 1.04, "missed by 0.02 (2%)"),
        ("P6", 0.0, "met, moonshot too"),
        ("P6", 3.0, "missed by 3"),
    ],
)
def test_a_figure_is_met_or_missed_by_its_gap(row, value, words):
    assert judge(Figure(row, [value], "real-cpu")).words == words


def test_an_entry_says_what_it_is_held_against():
    entry = report.document([Figure("P3-6min", [0.9, 0.97, 0.96], "modelled-L4")], {})["P3-6min"]

    asked = {"value", "anchor", "limit", "target", "moonshot", "engine", "range", "met"}
    assert asked <= entry.keys()
    assert (entry["value"], entry["range"], entry["met"]) == (0.96, [0.9, 0.97], True)


@pytest.mark.parametrize("changed", [{"commit": "b"}, {"noisy": True}, {"machine": {"cores": 8}}])
def test_rows_of_another_run_are_not_mixed_in(changed):
    facts = {
        "machine": {"cores": 2, "load_average_before": 0.1},
        "commit": "a",
        "quick": False,
        "noisy": False,
        "seed": 1,
    }
    later = {**facts, "machine": {"cores": 2, "load_average_before": 0.4}}

    assert report.is_alike(facts, later)
    assert not report.is_alike({**facts, **changed}, later)


def test_overlapping_ranges_are_no_difference():
    assert differ([1.0, 1.1], [1.2, 1.3])
    assert not differ([1.0, 1.25], [1.2, 1.3])


def test_the_rows_fit_into_a_quarter_of_an_hour():
    assert sum(goals.BUDGET_S.values()) <= 900


def test_the_lengths_of_a_mix_add_up():
    lengths_s = calls.lengths(360, 3600)

    assert sum(lengths_s) == pytest.approx(3600)
    assert (len(lengths_s), min(lengths_s) > 15, max(lengths_s) > 900) == (10, True, True)


def test_mulaw_is_undone_by_our_own_reader():
    known = np.arange(-32_000, 32_000, 7).astype(np.int16)

    back = 32_768 * pcm._MULAW[calls.mulaw()[known.view(np.uint16)]]

    assert np.max(np.abs(back - known) / (np.abs(known.astype(int)) + 132)) < 1 / 16


@pytest.mark.parametrize(("speech_s", "windows"), [(0.0, 0), (29.9, 1), (30.0, 1), (30.1, 2), (301.0, 11)])
def test_speech_needs_at_least_so_many_windows(speech_s, windows):
    assert least_windows(speech_s) == windows


def test_larger_batches_help_the_pipeline_only_up_to_a_channel():
    mix = {
        "our_call_s": 3600.0,
        "pipeline_call_s": 3600.0,
        "our_windows": 137,
        "pipeline_batches": [7] * 20,
        "pipeline_cpu_s": [16.3],
    }

    ours, theirs = rates_by_batch_size(mix, MODELLED_L4)

    assert ours == sorted(ours)
    assert theirs[-1] == theirs[-3]
    assert all(our > their for our, their in zip(ours, theirs, strict=True))


class Card:
    """A device that exists on paper: 1 GB of weights, 50 MB a row, room for 40 rows."""

    def __init__(self, clock):
        self._clock, self._rows = clock, 0

    def run(self, rows, beam):
        if rows > 40:
            raise RuntimeError("CUDA failed with error out of memory")
        self._rows = rows
        self._clock.wait(MODELLED_L4.seconds(rows))

    def used_bytes(self):
        return 1_000_000_000 + 50_000_000 * self._rows


def _points():
    clock = Clock()
    card = Card(clock)
    return list(sweep(Setting("float16", 5), card, card, clock))


def test_a_sweep_ends_where_memory_ends():
    points = _points()

    assert [point.rows for point in points] == [1, 2, 4, 8, 16, 24, 32]
    assert points[4].rate == pytest.approx(MODELLED_L4.window_rate)


def test_the_smallest_batch_near_the_peak_is_proposed():
    points = _points()
    taken_over = gpu.measured(points, call_rate=120.0)

    assert (gpu.peak(points).rows, gpu.proposed(points).rows) == (32, 16)
    assert taken_over["row_bytes"] == pytest.approx(50e6)
    assert (taken_over["a"], taken_over["b"]) == (pytest.approx(0.759), pytest.approx(0.241))


def test_a_card_is_known_by_its_name():
    assert gpu.roofline("NVIDIA L40S") == 2_670
    assert gpu.roofline("NVIDIA H100 80GB HBM3") == 8_387
    assert gpu.roofline("Tesla T4") == 620
    assert gpu.roofline("NVIDIA GeForce RTX 3090") is None
