"""`esplane-bench generate` and `rfc2544` before two gateways, all of them joined by shared memory (DPDK's memif)."""

import json
import stat

import pytest
from esplane import BINARY, Esplane
from ports import drops
from scenario import IKE_GCM, PSK

BENCH = BINARY.parents[1] / "benchmarks" / "esplane-bench"
OWN_FRAMES = 4


def memif(number, directory, name, role):
    return f"net_memif{number},role={role},socket-abstract=no,socket={directory / name}.sock"


def gateway(lab, directory, number, wan_role):
    """The one at 192.0.2.`number`, with 10.`number`.0.0/16 behind it."""
    other = 3 - number
    tunnel = {
        "local": {"address": f"192.0.2.{number}", "id": f"gw{number}", "subnets": [f"10.{number}.0.0/16"]},
        "remote": {"address": f"192.0.2.{other}", "id": f"gw{other}", "subnets": [f"10.{other}.0.0/16"]},
        "auth": {"psk": PSK},
        "ike": {"proposals": [IKE_GCM]},
        "esp": {"proposals": ["aes256gcm16"]},
        "start": "listen",
    }
    ports = [
        {
            "name": "lan",
            "role": "clear",
            "device": memif(0, directory, f"lan{number}", "server"),
            "addresses": [f"10.{number}.0.1/24"],
            "gateway": f"10.{number}.0.2",
        },
        {
            "name": "wan",
            "role": "cipher",
            "device": memif(1, directory, "wan", wan_role),
            "addresses": [f"192.0.2.{number}/24"],
        },
    ]
    return Esplane(
        lab, lab.namespace(f"gw{number}"), {"net": tunnel}, gateway={"dataplane": "dpdk"}, dpdk={"ports": ports}
    )


@pytest.fixture
def gateways(lab):
    """Two with a tunnel between them, a namespace for the generator, and the words for its ports."""
    directory = lab.directory / "memif"
    directory.mkdir()
    first = gateway(lab, directory, 1, "server")
    second = gateway(lab, directory, 2, "client")
    first.up()
    ports = [
        *("--send", memif(0, directory, "lan1", "client"), "--send-address", "10.1.0.2/24", "--via", "10.1.0.1"),
        *("--receive", memif(1, directory, "lan2", "client"), "--receive-address", "10.2.0.2/24"),
    ]
    return first, second, lab.namespace("generator"), ports


def bench(lab, gateways, command, *arguments, timeout=60, check=True):
    """Runs it; its results, or what it printed."""
    *_, namespace, ports = gateways
    results = lab.directory / "results.json"
    ran = namespace.run(BENCH, command, *ports, *arguments, "--json", results, timeout=timeout, check=check)
    return json.loads(results.read_text())[command][0] if check else ran


def child(gateway):
    (only,) = gateway.tunnel()["children"]
    return only


def only_refused(gateway):
    """Packets that a full port did not take; there are no other drops."""
    counts = drops(gateway)
    refused = counts.pop("tx_failed", 0)
    assert not any(counts.values()), counts
    return refused


def test_the_counts_of_generator_and_gateways_agree(lab, gateways):
    first, second, *_ = gateways
    result = bench(lab, gateways, "generate", "--flows", "50", "--size", "imix", "--rate", "20k", "--seconds", "2")
    sent = result["learning"]["sent"] + result["sent"]
    received = result["learning"]["received"] + result["received"]
    assert result["sent"] + result["missed"] == pytest.approx(40_000, rel=0.02)
    assert result["foreign"] == result["damaged"] == result["duplicates"] == 0
    assert child(first)["packets_out"] == sent
    assert child(second)["packets_in"] == sent - only_refused(first)
    assert received == child(second)["packets_in"] - only_refused(second)


def test_a_flood_is_counted_to_the_packet(lab, gateways):
    """As fast as it goes: what the gateway's ports do not take is not sent, and what is sent is seen again or dropped."""
    first, second, *_ = gateways
    result = bench(lab, gateways, "generate", "--flows", "7", "--size", "64", "--seconds", "2")
    sent = result["learning"]["sent"] + result["sent"]
    received = result["learning"]["received"] + result["received"]
    assert result["sent"] > 1_000
    # Each gateway seals or opens all that it gets; what the port behind does not take is lost after that. A full port
    # also refuses the gateway's own few frames, which are no packets of the tunnel: a question for a neighbour, IKE.
    assert child(first)["packets_out"] == sent
    assert 0 <= child(second)["packets_in"] - (sent - only_refused(first)) <= OWN_FRAMES
    assert 0 <= received - (child(second)["packets_in"] - only_refused(second)) <= OWN_FRAMES


def test_a_capture_is_replayed(lab, gateways):
    from scapy.all import IP, UDP, Ether, Raw, wrpcap

    capture = lab.directory / "some.pcap"
    packets = [
        Ether() / IP(src="10.1.0.9", dst="10.2.0.2") / UDP(sport=n, dport=9) / Raw(bytes([n]) * n) for n in range(1, 40)
    ]
    wrpcap(str(capture), packets)
    # A generator before it had another MAC address.
    bench(lab, gateways, "generate", "--rate", "1k", "--seconds", "0.1")
    result = bench(lab, gateways, "generate", "--pcap", capture, "--rate", "1k", "--seconds", "1", "--packets", "390")
    assert result["sent"] == result["received"] == 390
    assert result["lost"] == result["duplicates"] == result["foreign"] == 0


def test_nothing_that_comes_back_is_said(lab, gateways):
    ran = bench(lab, gateways, "generate", "--to", "10.9.0.1", check=False, timeout=60)
    assert ran.returncode == 1
    assert "is the tunnel up (`esplane status`)" in ran.stderr


def test_rfc2544_through_two_gateways(lab, gateways):
    """At most a rate that the gateways forward easily, though three busy programs may share two cores."""
    quick = [
        *("--size", "512", "--search-seconds", "0.2", "--trial-seconds", "0.5", "--resolution", "0.2"),
        *("--latency-seconds", "0.3", "--latency-repetitions", "1", "--burst-repetitions", "1"),
        *("--overload-seconds", "0.3", "--highest-rate", "2k"),
    ]
    result = bench(lab, gateways, "rfc2544", *quick, timeout=170)
    for rate in (result["throughput"], result["throughput_0.1_percent"]):
        assert rate["mpps"] == pytest.approx(0.002, rel=0.01)
        assert rate["confirmed"]
    assert [latency["load"] for latency in result["latencies"]] == [0.1, 0.5, 0.9]
    for latency in result["latencies"]:
        assert latency["loss"] == 0
        assert 0 < latency["latency_us"]["min"] <= latency["latency_us"]["p50"] <= latency["latency_us"]["max"]
    assert result["back_to_back"]["unlimited"] or result["back_to_back"]["packets"]["min"] > 0


def test_a_reset_takes_as_long_as_nothing_is_forwarded(lab, gateways):
    first, *_ = gateways
    script = lab.directory / "restart"
    script.write_text(f"#!/bin/sh -e\n{first.command('down', 'net')}\nsleep 0.5\n{first.command('up', 'net')}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    result = bench(
        lab,
        gateways,
        "rfc2544",
        *("--size", "512", "--search-seconds", "0.2", "--trial-seconds", "0.2", "--resolution", "0.5"),
        *("--highest-rate", "2k", "--tests", "none", "--restart", script, "--restart-seconds", "20"),
        timeout=120,
    )
    reset = result["reset_seconds"]
    assert 0.5 <= reset["by_silence"]["max"] < 5
    assert reset["by_loss"]["max"] == pytest.approx(reset["by_silence"]["max"], rel=0.2)
