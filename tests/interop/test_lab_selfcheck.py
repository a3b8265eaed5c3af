"""The laboratory examines itself: strongSwan on both sides, so that a failure elsewhere is esplane's or the test's."""

import re

import pytest

from lab import wait_until
from scenario import strongswan_connection
from strongswan import StrongSwan, parse_sas
from topology import Topology
from traffic import EchoFlow, EchoServer, ping


def test_parses_swanctl_raw_output():
    text = (
        "list-sa event {net {uniqueid=1 version=2 state=ESTABLISHED local-id=a remote-vips=[] child-sas {"
        "net-1 {name=net state=INSTALLED encap=yes local-ts=[10.1.0.0/24 10.1.1.0/24]} "
        "net-2 {name=net state=REKEYED}}}}\n"
        "list-sas reply {}\n"
    )
    (sa,) = parse_sas(text)
    assert (sa["name"], sa["state"], sa["remote-vips"]) == ("net", "ESTABLISHED", [])
    states = [(child["key"], child["state"]) for child in sa["children"]]
    assert states == [("net-1", "INSTALLED"), ("net-2", "REKEYED")]
    assert sa["children"][0]["local-ts"] == ["10.1.0.0/24", "10.1.1.0/24"]


def test_without_a_tunnel_packets_cross_in_clear(lab):
    """The control experiment of every test that finds nothing in clear."""
    net = Topology(lab)
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address) == 3
    assert capture.counts["clear"] == 6, capture.describe()
    assert len(capture.in_clear) == 6


@pytest.mark.parametrize("nat", ["", "a", "b"])
def test_strongswan_to_strongswan(lab, nat):
    net = Topology(lab, nat=nat, forward=nat if nat == "b" else "")
    ends = [StrongSwan(lab, site.gateway) for site in (net.a, net.b)]
    ends[0].load(strongswan_connection(net.a, net.b))
    ends[1].load(strongswan_connection(net.b, net.a))
    with net.capture() as capture:
        ends[0].initiate()
        assert ping(net.a, net.b.host_address) == 3
        assert ping(net.b, net.a.host_address) == 3
    assert capture.counts["esp-udp"] == 12, capture.describe()
    assert not capture.in_clear, capture.describe()
    wait_until(lambda: all(end.established() for end in ends), 2, "both ends established")


def test_nat_is_seen_by_the_peer(lab):
    net = Topology(lab, nat="a")
    left, right = (StrongSwan(lab, site.gateway) for site in (net.a, net.b))
    left.load(strongswan_connection(net.a, net.b))
    right.load(strongswan_connection(net.b, net.a))
    left.initiate()
    (sa,) = right.established()
    assert sa["remote-host"] == "192.0.2.1"
    assert 20000 <= int(sa["remote-port"]) <= 29999


def echo_through(lab, net, rules):
    """What a flow counts while nftables on gateway b applies `rules` to what it forwards."""
    hook = "type filter hook forward priority 0"
    net.b.gateway.run("nft", "-f", "-", input=f"table ip faults {{ chain forward {{ {hook}; {rules}; }} ; }}")
    server = EchoServer(net.b.host, net.b.host_address)
    lab.defer(server.close)
    flow = EchoFlow(net.a.host, net.a.host_address, server, net.b.host_address)
    flow.wait_for_sent(500)
    return flow.finish()


def counted_by(net):
    return int(re.search(r"packets (\d+)", net.b.gateway.run("nft", "list", "ruleset").stdout)[1])


def test_flawless_traffic_counts_as_such(lab):
    assert echo_through(lab, Topology(lab), "").flawless


@pytest.mark.parametrize("port, direction", [("dport", "lost_there"), ("sport", "lost_back")])
def test_every_lost_packet_is_counted(lab, port, direction):
    net = Topology(lab)
    tally = echo_through(lab, net, f"udp {port} 7007 numgen inc mod 50 == 0 counter drop")
    lost = {"lost_there": tally.lost_there, "lost_back": tally.lost_back}
    assert lost.pop(direction) == counted_by(net) >= 10, tally
    assert list(lost.values()) == [0] and tally.doubled_there == tally.doubled_back == 0, tally


@pytest.mark.parametrize("port, direction", [("dport", "doubled_there"), ("sport", "doubled_back")])
def test_every_doubled_packet_is_counted(lab, port, direction):
    net = Topology(lab)
    target = net.b.host_address if port == "dport" else net.a.public
    device = "lan" if port == "dport" else "wan"
    tally = echo_through(lab, net, f"udp {port} 7007 numgen inc mod 50 == 0 counter dup to {target} device {device}")
    doubled = {"doubled_there": tally.doubled_there, "doubled_back": tally.doubled_back}
    assert doubled.pop(direction) == counted_by(net) >= 10, tally
    assert list(doubled.values()) == [0] and tally.lost_there == tally.lost_back == 0, tally
