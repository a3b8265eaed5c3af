"""What the outer header of an ESP packet says, and what is taken from it: DSCP, ECN, DF, TTL (RFC 4301, 6040)."""

import pytest

from frames import Recording, deliver, record, withheld
from lab import Lab, wait_until
from scenario import dual_stack, pair
from topology import Topology
from traffic import ping

NOT_ECT, ECT1, ECT0, CE = range(4)
EF = 0xB8


@pytest.fixture(scope="module", params=[(4, "auto"), (4, "always"), (6, "auto"), (6, "always")], ids=str)
def tunnel(request):
    outside, encap = request.param
    with Lab() as lab:
        net = Topology(lab)
        gateways = pair(lab, net, dual_stack(net.a, net.b, outside), dual_stack(net.b, net.a, outside), encap=encap)
        assert ping(net.a, net.b.host_address, count=1) == 1
        yield net, gateways


@pytest.mark.parametrize("tos", [0, EF, ECT1, ECT0, CE, EF | ECT0])
def test_traffic_class_is_copied(tunnel, tos):
    net, _ = tunnel
    with record(net) as recording:
        assert ping(net.a, net.b.host_address, "-Q", tos, count=1) == 1
        assert ping(net.a, net.b.host_address6, "-Q", tos, count=1) == 1
    # The echoed packets have what the host at b makes of it; of each pair the first is ours.
    assert [frame.traffic_class for frame in recording.esp[::2]] == [tos, tos]
    assert {frame.ttl for frame in recording.esp} == {64}


@pytest.mark.parametrize("tunnel", [(4, "auto"), (4, "always")], ids=str, indirect=True)  # IPv6 has no such bit
@pytest.mark.parametrize("option, forbidden", [("do", True), ("dont", False)])
def test_df_is_copied(tunnel, option, forbidden):
    net, _ = tunnel
    with record(net) as recording:
        assert ping(net.a, net.b.host_address, "-M", option, count=1) == 1
    assert recording.esp[0].dont_fragment == forbidden


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("ecn, after", [(NOT_ECT, None), (ECT1, CE), (ECT0, CE), (CE, CE)])
def test_a_router_marks_congestion(tunnel, ecn, after, family):
    net, (_, peer) = tunnel
    to = net.b.host_address if family == 4 else net.b.host_address6
    (packet,) = withheld(net, lambda: ping(net.a, to, "-Q", EF | ecn, count=1, timeout=0.1))

    def congested():
        return peer.tunnel()["drops"].get("congestion", 0)

    dropped = congested()
    with Recording(net.b.host, "lan") as host:
        deliver(net, net.b, packet.with_traffic_class(packet.traffic_class | CE))
        if after is None:
            wait_until(lambda: congested() == dropped + 1, 2, "the packet to be dropped")
        else:
            wait_until(lambda: host.echo_requests(to), 2, "the packet to arrive")
    marked = [frame.traffic_class for frame in host.echo_requests(to)]
    assert marked == ([] if after is None else [EF | after])
    assert congested() == dropped + (after is None)

