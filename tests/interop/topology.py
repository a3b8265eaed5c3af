"""The network the tests run on: sites of a host and a gateway, joined by one outer segment.

    host-a --- gw-a ---[nat]---+ wan +---[nat]--- gw-b --- host-b
                               +--- gw-c --- host-c

Where the picture has a NAT there may be a router that only forwards, instead.

Every gateway forwards and has a default route to a neighbour's outer address. So without a tunnel, packets between
hosts *do* cross the outer segment in clear, both ways: a test of fail-closed behaviour can fail.
"""

from dataclasses import dataclass
from typing import Optional

from capture import Capture
from lab import Lab, Namespace
from nat import NatRouter

SITES = "abcdefgh"


@dataclass
class Site:
    name: str
    host: Namespace
    gateway: Namespace
    address: str  # the gateway's own outer address
    public: str  # the same as its peers see it: the NAT router's, where there is one
    nat: Optional[NatRouter]
    router: Optional[Namespace]  # one that forwards and no more
    number: int

    @property
    def identity(self):
        return f"gw-{self.name}.example.org"

    @property
    def subnet(self):
        return f"10.{self.number}.0.0/24"

    @property
    def second_subnet(self):
        return f"10.{self.number}.1.0/24"

    @property
    def subnet6(self):
        return f"fd00:{self.number}::/64"

    @property
    def host_address(self):
        return f"10.{self.number}.0.2"

    @property
    def second_host_address(self):
        return f"10.{self.number}.1.2"

    @property
    def host_address6(self):
        return f"fd00:{self.number}::2"

    @property
    def address6(self):
        return f"2001:db8:{self.number}::1" if self.router else self.edge_address6

    @property
    def edge_address(self):
        """On the outer segment: of the gateway itself or of the router before it."""
        return f"192.0.2.{self.number}"

    @property
    def edge_address6(self):
        return f"2001:db8:f::{self.number}"


class Topology:
    """`nat` names the sites that sit behind a NAT router; `forward` those whose router passes 500 and 4500 inwards;
    `routed` those that sit behind a router which only forwards."""

    def __init__(self, lab: Lab, sites=2, nat="", forward="", routed=""):
        self.lab = lab
        self.wan = lab.namespace("wan")
        self.wan.ip("link add wan type bridge mcast_snooping 0", "link set wan up")
        self.sites = [self._site(name, name in nat, name in forward, name in routed) for name in SITES[:sites]]
        first = self.sites[0]
        for site in self.sites:
            self._route_outwards(site, first if site is not first else self.sites[1])

    @property
    def a(self):
        return self.sites[0]

    @property
    def b(self):
        return self.sites[1]

    @property
    def c(self):
        return self.sites[2]

    def capture(self, site=None):
        """Watches the outer segment where `site` (the last one by default) is plugged in."""
        name = (site or self.sites[-1]).name
        return Capture(self.wan, f"port-{name}")

    def narrow(self, mtu_bytes):
        """Lets the outer segment carry no more than that. Only routers are on it, so no gateway sees it."""
        for site in self.sites:
            site.router.ip(f"link set wan mtu {mtu_bytes}")
            self.wan.ip(f"link set port-{site.name} mtu {mtu_bytes}")

    def _site(self, name, behind_nat, forward, routed):
        number = SITES.index(name) + 1
        host, gateway = self.lab.namespace(f"host-{name}"), self.lab.namespace(f"gw-{name}")
        self._inside(host, gateway, number)
        public = address = f"192.0.2.{number}"
        nat = router = None
        edge = gateway
        if behind_nat:
            address = f"172.16.{number}.1"
            edge = self.lab.namespace(f"nat-{name}")
            self.lab.link(gateway, "wan", edge, "lan")
            gateway.ip(f"address add {address}/24 dev wan")
            edge.ip(f"address add 172.16.{number}.254/24 dev lan")
            nat = NatRouter(edge, address, forward)
        if routed:
            public = address = f"198.18.{number}.1"
            edge = router = self._router(gateway, name, address, number)
        self._plug(edge, name, number)
        return Site(name, host, gateway, address, public, nat, router, number)

    def _router(self, gateway, name, address, number):
        router = self.lab.namespace(f"router-{name}")
        self.lab.link(gateway, "wan", router, "lan")
        gateway.ip(f"address add {address}/24 dev wan", f"address add 2001:db8:{number}::1/64 dev wan nodad")
        router.ip(
            f"address add 198.18.{number}.254/24 dev lan",
            f"address add 2001:db8:{number}::2/64 dev lan nodad",
        )
        router.sysctl(ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)
        return router

    def _inside(self, host, gateway, number):
        self.lab.link(host, "lan", gateway, "lan")
        host.ip(
            f"address add 10.{number}.0.2/24 dev lan",
            f"address add 10.{number}.1.2/24 dev lan",
            f"address add fd00:{number}::2/64 dev lan nodad",
            f"route add default via 10.{number}.0.1",
            f"route add ::/0 via fd00:{number}::1",
        )
        gateway.ip(
            f"address add 10.{number}.0.1/24 dev lan",
            f"address add 10.{number}.1.1/24 dev lan",
            f"address add fd00:{number}::1/64 dev lan nodad",
        )
        gateway.sysctl(ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)

    def _plug(self, edge, name, number):
        port = f"port-{name}"
        self.lab.link(edge, "wan", self.wan, port)
        self.wan.ip(f"link set {port} master wan")
        edge.ip(
            f"address add 192.0.2.{number}/24 dev wan",
            f"address add 2001:db8:f::{number}/64 dev wan nodad",
        )

    def _route_outwards(self, site, neighbour):
        if site.router:
            site.gateway.ip(
                f"route add default via 198.18.{site.number}.254",
                f"route add ::/0 via 2001:db8:{site.number}::2",
            )
            site.router.ip(
                f"route add default via {neighbour.edge_address}",
                f"route add ::/0 via {neighbour.edge_address6}",
            )
        elif site.nat:
            site.gateway.ip(f"route add default via 172.16.{site.number}.254")
            site.nat.namespace.ip(f"route add default via {neighbour.edge_address}")
        else:
            site.gateway.ip(
                f"route add default via {neighbour.edge_address}",
                f"route add ::/0 via {neighbour.edge_address6}",
            )
