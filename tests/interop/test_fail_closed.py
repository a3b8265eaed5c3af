"""Nothing leaves in clear: not while negotiating, not at a reload, not after a crash. And nothing stays after an end.

Both gateways have a route for each other's hosts beside the tunnel, and test_lab_selfcheck.py shows that it carries.
"""

import pytest

from lab import wait_until
from scenario import esplane_at, esplane_tunnel
from topology import Topology
from traffic import EchoFlow, EchoServer, ping


@pytest.fixture
def net(lab):
    return Topology(lab)


@pytest.fixture
def flow(lab, net):
    """A steady flow from host a to host b, made when called."""
    server = EchoServer(net.b.host, net.b.host_address)
    lab.defer(server.close)
    return lambda: EchoFlow(net.a.host, net.a.host_address, server, net.b.host_address, rate=500)


def leftovers(namespace):
    return {
        "routes": namespace.routes(),
        "rules": namespace.rules(),
        "links": namespace.links(),
        "nftables": namespace.run("nft", "list", "ruleset").stdout,
    }


def wait_for_answers(flow, more=50):
    target = flow.returned + more
    wait_until(lambda: flow.returned >= target, 10, f"{more} further answers")


def test_between_start_and_established(lab, net, flow):
    esplane_at(lab, net.a, net.b, start="auto")
    with net.capture() as capture:
        running = flow()
        running.wait_for_sent(200)
        assert running.returned == 0
        esplane_at(lab, net.b, net.a, start="auto")
        wait_for_answers(running)
        running.finish()
    assert capture.counts["esp"], capture.describe()
    assert not capture.in_clear, capture.describe()


def test_at_reload(lab, net, flow):
    ours = esplane_at(lab, net.a, net.b)
    esplane_at(lab, net.b, net.a)
    ours.up()
    with net.capture() as capture:
        running = flow()
        wait_for_answers(running)
        for changes in ({}, {"esp": {"lifetime": "30m"}}, {"remote": {"subnets": [net.b.subnet, net.b.second_subnet]}}):
            ours.configure({"net": esplane_tunnel(net.a, net.b, start="auto", **changes)})
            before = ours.process.position()
            ours.hangup()
            ours.process.wait_for_line(r"reload", 5, since=before)
            running.wait_for_sent(200)
        wait_for_answers(running)
        running.finish()
    assert not capture.in_clear, capture.describe()


def test_reload_refuses_a_broken_configuration_and_goes_on(lab, net, flow):
    ours = esplane_at(lab, net.a, net.b)
    esplane_at(lab, net.b, net.a)
    ours.up()
    running = flow()
    wait_for_answers(running)
    ours.config.write_text("tunnels: {net: {lokal: {}}}\n")
    before = ours.process.position()
    ours.hangup()
    ours.process.wait_for_line(r"lokal", 5, since=before)
    running.wait_for_sent(200)
    assert running.finish().flawless
    assert ours.process.alive()


def test_after_a_crash_and_the_restart(lab, net, flow):
    untouched = leftovers(net.a.gateway)
    ours = esplane_at(lab, net.a, net.b, start="auto")
    esplane_at(lab, net.b, net.a)
    ours.wait_established()
    with net.capture() as capture:
        running = flow()
        wait_for_answers(running)
        ours.kill()
        running.wait_for_sent(300)
        assert any(line.startswith(f"blackhole {net.b.subnet}") for line in net.a.gateway.routes())
        ours.start()
        wait_for_answers(running)
        running.finish()
    assert not capture.in_clear, capture.describe()
    ours.stop()
    assert leftovers(net.a.gateway) == untouched


def test_sigterm_leaves_nothing_behind(lab, net):
    untouched = {site.name: leftovers(site.gateway) for site in net.sites}
    left, right = ({"subnets": [site.subnet, site.subnet6]} for site in net.sites)
    ours = esplane_at(lab, net.a, net.b, local=left, remote=right)
    peer = esplane_at(lab, net.b, net.a, local=right, remote=left)
    ours.up()
    assert leftovers(net.a.gateway) != untouched["a"]
    assert ping(net.a, net.b.host_address) == 3
    ours.stop()
    # The Delete reached the peer: it does not have to find out by itself.
    wait_until(lambda: peer.tunnel()["state"] == "down", 2, "the peer to take the Delete")
    peer.stop()
    for site in net.sites:
        assert leftovers(site.gateway) == untouched[site.name]


def test_down_is_closed(lab, net):
    ours = esplane_at(lab, net.a, net.b)
    peer = esplane_at(lab, net.b, net.a)
    ours.up()
    ours.down()
    wait_until(lambda: peer.tunnel()["state"] == "down", 2, "the peer to take the Delete")
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address, timeout=0.2) == 0
        assert ping(net.b, net.a.host_address, timeout=0.2) == 0
    assert not capture.in_clear, capture.describe()
    assert sum(sum(worker["drops"].values()) for worker in ours.status()["workers"]) >= 3
