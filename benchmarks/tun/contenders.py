"""What is compared. Each brings a network's two sites together in its own way, and says which processes that takes."""

from dataclasses import dataclass, field
from typing import Callable, List, Optional, Tuple

from esplane import Esplane
from lab import Process, wait_until
from scenario import esplane_tunnel, merged, strongswan_at
from traffic import ping

from .wireguard import WireGuard


@dataclass
class Gateways:
    processes: List[Process] = field(default_factory=list)  # of a and b; none where the kernel does it alone
    esplanes: Optional[Tuple[Esplane, Esplane]] = None  # whose counters can be asked


@dataclass(frozen=True)
class Contender:
    name: str
    label: str
    begin: Callable  # (lab, network, changes) -> Gateways


@dataclass(frozen=True)
class Changes:
    """What to write into esplane's configuration beside what the tunnel needs: as nested dictionaries."""

    gateway: dict = field(default_factory=dict)
    tunnel: dict = field(default_factory=dict)


def start(contender, lab, network, changes=Changes()):
    """Both gateways, with a way between the hosts that has been tried."""
    gateways = contender.begin(lab, network, changes)
    wait_until(lambda: ping(network.a, network.b.host_address, count=1) == 1, 10, f"{contender.name} to carry a ping")
    return gateways


def _plain(_lab, network, _changes):
    for own, peer in ((network.a, network.b), (network.b, network.a)):
        own.gateway.ip(f"route add {peer.subnet} via {peer.address}")
    return Gateways()


def _esplane(encap):
    def begin(lab, network, changes):
        def at(own, peer):
            tunnel = merged(esplane_tunnel(own, peer, encap=encap), changes.tunnel)
            return Esplane(lab, own.gateway, {"net": tunnel}, gateway=changes.gateway)

        b, a = at(network.b, network.a), at(network.a, network.b)
        a.up()
        return Gateways([a.process, b.process], (a, b))

    return begin


def _strongswan(lab, network, _changes):
    b, a = strongswan_at(lab, network.b, network.a), strongswan_at(lab, network.a, network.b)
    a.initiate()
    return Gateways([a.process, b.process])


def _wireguard(lab, network, _changes):
    a, b = WireGuard(lab, network.a.gateway), WireGuard(lab, network.b.gateway)
    a.join(network.a, network.b, b.public_key)
    b.join(network.b, network.a, a.public_key)
    return Gateways([a.process, b.process])


CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("plain", "plain forwarding", _plain),
        Contender("esplane", "esplane, raw ESP", _esplane("auto")),
        Contender("esplane-udp", "esplane, ESP in UDP", _esplane("always")),
        Contender("strongswan", "strongSwan kernel-libipsec", _strongswan),
        Contender("wireguard-go", "wireguard-go", _wireguard),
    )
}
