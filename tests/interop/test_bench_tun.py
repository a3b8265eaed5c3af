"""scripts/bench-tun: what it makes of samples, and that it can take some."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from lab import LabError

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from tun import cpu, ledger, options, plot, probe, report, rounds, table, tcp, wanted  # noqa: E402
from tun.contenders import CONTENDERS, Changes, Contender  # noqa: E402
from tun.measures import MEASURES, Effort, Taken  # noqa: E402
from tun.search import Trial, highest_rate  # noqa: E402

LEAST = Effort(1, udp_seconds=0.2, udp_steps=2, echoes=50, idle_seconds=0.5)


class Channel:
    """Carries `capacity` packets a second; its sender reaches `utmost`. `hiccups` names trials that lose a tenth."""

    def __init__(self, capacity, utmost, hiccups=()):
        self._capacity, self._utmost, self._hiccups = capacity, utmost, hiccups
        self.asked = []

    def __call__(self, rate):
        self.asked.append(rate)
        offered = min(rate or self._utmost, self._utmost)
        carried = min(offered, self._capacity)
        if len(self.asked) in self._hiccups:
            carried *= 0.9
        return Trial(rate, round(offered), round(carried), 1.0)


@pytest.mark.parametrize("utmost", [11_000, 50_000, 200_000])
def test_search_finds_what_a_channel_carries(utmost):
    found = highest_rate(Channel(10_000, utmost), 8)
    assert 9_300 < found.best.delivered <= 10_000
    assert not found.generator_bound


def test_search_ends_where_the_sender_does():
    found = highest_rate(Channel(10_000, 8_000), 8)
    assert found.generator_bound and found.best.delivered == 8_000 and len(found.trials) == 1


def test_search_forgives_a_hiccup():
    assert highest_rate(Channel(10_000, 50_000, hiccups=(2, 4)), 8).best.delivered > 9_300


def test_search_of_a_channel_that_carries_nothing():
    channel = Channel(0, 50_000)
    assert highest_rate(channel, 8).best is None
    assert len(channel.asked) == 1


def test_a_queue_that_drains_later_gains_nothing():
    assert Trial(asked=1000, sent=1000, received=1000, seconds=2.0).delivered == 500


def results(**samples):
    """Figures by contender, `esplane_udp` for `esplane-udp`."""
    named = {name.replace("_", "-"): figures for name, figures in samples.items()}
    return rounds.Results(named, {name: [{}] for name in named})


def test_comparisons_are_made_round_by_round():
    # The second round was on a machine four times as slow. The quotient of the medians would be 2000 / 200.
    taken = results(
        esplane_udp={"tcp": [3900, 1000, 2000]},
        strongswan={"tcp": [300, 75, 200]},
    )
    verdict = {each["target"]: each for each in wanted.verdicts(taken)}["one TCP flow / strongSwan"]
    assert verdict["esplane-udp"] == pytest.approx(13)
    assert verdict["wanted"] == ">= 12x" and verdict["reached"] is True


def test_a_round_that_failed_is_left_out():
    taken = results(esplane_udp={"tcp": [100, None, 300]}, plain={"tcp": [1000, 1000, None]})
    assert [each["esplane-udp"] for each in wanted.verdicts(taken)] == [pytest.approx(0.1)]


def test_latency_is_compared_with_the_links_own():
    taken = results(
        esplane_udp={"rtt_p50": [120, 130]}, plain={"rtt_p50": [20, 50]}, strongswan={"rtt_p50": [100, 100]}
    )
    added, against = wanted.verdicts(taken)
    assert (added["esplane-udp"], added["reached"]) == (90, True)
    assert (against["esplane-udp"], against["reached"]) == (25, False)


def test_tables_tell_what_is_missing():
    taken = results(plain={"tcp": [15500.0]}, esplane_udp={"tcp": [None], "rtt_p50": [98.76]})
    lines = table.figures_table(taken).splitlines()
    assert lines[1].split() == ["one", "TCP", "flow", "Mbit/s", "15,500", "-"]
    assert lines[2].split()[-2:] == ["-", "98.8"]
    assert len({len(line) for line in lines}) == 1


def test_targets_are_told_in_their_units():
    taken = results(plain={"tcp": [1000]}, esplane_udp={"tcp": [400], "idle_cpu": [0.01]})
    lines = table.targets_table(wanted.verdicts(taken)).splitlines()
    assert lines[1].split()[-4:] == ["0.5x", "-", "0.40x", "no"]
    assert lines[2].split()[-3:] == ["0.01", "%", "yes"]


def books(packets_in, packets_out, drops=None, resident=1 << 24):
    return ledger.Books(packets_in, packets_out, drops or {}, resident)


def test_books_add_up_over_drops_on_the_way():
    a = books(10, 100), books(30, 1100, {"tx_failed": 5, "no_policy": 9})
    b = books(100, 10), books(1092, 30, {"replay": 3})
    compared = ledger.compare(a, b)
    assert compared["adds_up"]
    assert compared["a to b"] == {"sent": 1000, "received": 992, "dropped": 8, "unaccounted": 0}
    assert compared["drops"] == {"a": {"tx_failed": 5, "no_policy": 9}, "b": {"replay": 3}}


def test_notes_tell_of_books_that_do_not_add_up_and_of_growth():
    after = books(0, 1000, resident=(1 << 24) + (3 << 20))
    compared = ledger.compare((books(0, 0), after), (books(0, 0), books(990, 0)))
    taken = rounds.Results({}, {"esplane": [{"tcp": {"books": compared}, "udp64": {"generator_bound": True}}]})
    assert not compared["adds_up"]
    assert table.notes(taken) == [
        "esplane, udp64: in 1 of 1 rounds the sender was the limit",
        "esplane, round 1, tcp, a to b: sent 1,000, received 990, dropped 0: 10 unaccounted for",
        "esplane, round 1, tcp: resident memory grew by 3.0 MiB",
    ]


def test_transfers_count_the_warm_up_as_octets_only():
    parsed = tcp.parse(
        json.dumps(
            {
                "intervals": [{"sum": {"bytes": 400_000_000, "omitted": True}}, {"sum": {"bytes": 600_000_000}}],
                "end": {"sum_received": {"bits_per_second": 4.8e9}, "sum_sent": {"retransmits": 2}},
            }
        )
    )
    assert parsed == tcp.Transfer(4.8e9, 1.0, 2)
    for broken in ('{"error": "no route"}', "iperf3: killed"):
        with pytest.raises(LabError):
            tcp.parse(broken)


def test_cpu_time_is_the_kernels(tmp_path):
    assert cpu.process_seconds(os.getpid()) == pytest.approx(time.process_time(), abs=0.1)
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 20 30 4000 50 6 7 8 0 0\ncpu0 1 1 1 1 1 1 1\n")
    assert cpu.machine_seconds(stat) == 163 / cpu.TICKS


def test_options_choose_and_change():
    chosen = options.parse(["--quick", "--only", "plain,tcp", "--only", "udp64", "--esplane", "esp.replay_window=4096",
                            "--esplane", "gateway.workers=2", "--esplane", "esp.esn=yes"])
    assert [each.name for each in chosen.contenders] == ["plain"]
    assert list(chosen.measures) == ["tcp", "udp64"]
    assert chosen.changes == Changes({"workers": 2}, {"esp": {"replay_window": 4096, "esn": "yes"}})
    assert chosen.rounds == 1


@pytest.mark.parametrize(
    "wrong",
    [["--only", "tpc"], ["--rounds", "0"], ["--esplane", "mtu"], ["--plot", "x.pdf"], ["--json", "/no/where/x"], ["x"]],
)
def test_wrong_use_is_told(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        options.parse(wrong)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_bars_show_what_was_measured():
    taken = results(plain={"cpu_gateways": [0.0], "tcp": [9.0, None, 7.0]}, esplane_udp={"tcp": [3.0]})
    by_title = {panel.title.split(",")[0]: plot.bars(panel, taken) for panel in plot.PANELS}
    assert by_title["TCP"] == [plot.Bar(0, "plain", 8.0, 7.0, 9.0), plot.Bar(0, "esplane-udp", 3.0, 3.0, 3.0)]
    assert by_title["CPU"] == []
    assert [plot.short(value) for value in (9.24, 48.2, 157, 3598, 22792)] == ["9.2", "48", "157", "3.6k", "23k"]
    assert set(plot.COLOURS) == set(CONTENDERS)


def test_what_fails_is_told_and_the_rest_goes_on():
    def broken(*_):
        raise LabError("does not start")

    def refused(_bench):
        raise LabError("no connection")

    taken = rounds.run(
        [Contender("esplane", "broken", broken), CONTENDERS["plain"]],
        {"tcp": refused, "latency": lambda _bench: Taken({"rtt_p50": 1.0})},
        *(1, LEAST, Changes(), lambda _line: None),
    )
    assert taken.samples == {"esplane": {}, "plain": {"rtt_p50": [1.0]}}
    assert len(taken.failures) == 2
    assert "broken: does not start" in taken.failures[0] and "tcp: no connection" in taken.failures[1]


@pytest.mark.skipif(probe.missing() is not None, reason=f"this machine {probe.missing()}")
def test_measures_an_esplane():
    """No judgement of the figures: only that each is taken, and that every packet is accounted for."""
    measures = {name: MEASURES[name] for name in ("idle", "latency", "tcp", "udp1300")}
    taken = rounds.run([CONTENDERS["esplane-udp"]], measures, 1, LEAST, Changes(), lambda _line: None)
    assert taken.failures == []
    samples = taken.samples["esplane-udp"]
    assert set(samples) == {"idle_cpu", "rtt_p50", "rtt_p99", "tcp", "cpu_gateways", "cpu_machine", "udp1300"}
    assert samples.pop("idle_cpu")[0] >= 0  # it may not have woken once
    assert samples.pop("udp1300")[0] >= 0  # a busy machine may lose a hundredth at any rate
    assert all(sample[0] > 0 for sample in samples.values()), samples
    details = taken.details["esplane-udp"][0]
    assert details["tcp"]["books"]["adds_up"], details["tcp"]["books"]
    whole = json.loads(json.dumps(report.as_json(taken, {"cpu": "x"}, 1, LEAST, Changes())))
    assert whole["contenders"]["esplane-udp"]["figures"]["tcp"]["median"] == samples["tcp"][0]
    assert whole["method"]["rounds"] == 1
