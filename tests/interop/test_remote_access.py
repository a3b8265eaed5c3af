"""Virtual addresses: strongSwan as road warriors of an esplane with a pool, and esplane as one of strongSwan's."""

import pytest

from certificates import Authority
from esplane import Esplane
from lab import LabError, wait_until
from scenario import IKE_GCM, PSK, esplane_tunnel, strongswan_at
from test_certificates import auth_of
from topology import Topology
from traffic import ping_from

POOL = "10.99.0.0/29"  # six addresses
DNS = "10.1.0.53"


def road_tunnel(own, **changes):
    return {
        "local": {"address": own.address, "id": own.identity, "subnets": [own.subnet]},
        "remote": {"address": "any", "id": "*.example.org"},
        "pool": {"addresses": [POOL], "dns": [DNS]},
        "auth": {"psk": PSK},
        "ike": {"proposals": [IKE_GCM]},
        "esp": {"proposals": ["aes256gcm16"]},
        **changes,
    }


def gateway_with_pool(lab, own, gateway=None, **changes):
    return Esplane(lab, own.gateway, {"road": road_tunnel(own, **changes)}, gateway=gateway)


def client_at(lab, own, gateway, **changes):
    """Asks for an address, and for whatever the gateway lets it have."""
    values = {"vips": ["0.0.0.0"], "local_ts": ["dynamic"], "remote_ts": ["0.0.0.0/0"], **changes}
    return strongswan_at(lab, own, gateway, **values)


def vip(client):
    (address,) = client.established()[0]["local-vips"]
    return address


def peers(gateway):
    return {peer["peer_id"]: peer for peer in gateway.tunnel("road")["peers"]}


@pytest.mark.parametrize("workers", [1, 2])
def test_three_clients_each_with_an_address_of_its_own(lab, workers):
    net = Topology(lab, sites=4)
    gateway = gateway_with_pool(lab, net.a, gateway={"workers": workers})
    sites = net.sites[1:]
    clients = [client_at(lab, site, net.a) for site in sites]
    for client in clients:
        client.initiate()
    addresses = [vip(client) for client in clients]
    assert sorted(addresses) == ["10.99.0.1", "10.99.0.2", "10.99.0.3"]
    for site, client, address in zip(sites, clients, addresses):
        # The split: what is behind the gateway, no more, although everything was asked for.
        assert client.established()[0]["children"][0]["remote-ts"] == [net.a.subnet]
        assert DNS in client.resolver.read_text()
        assert ping_from(site.gateway, address, net.a.host_address) == 3
        # And from behind the gateway each is found by its own address.
        assert ping_from(net.a.host, net.a.host_address, address) == 3
        assert peers(gateway)[site.identity]["virtual_addresses"] == [address]
        assert peers(gateway)[site.identity]["packets_in"] == 6
    assert gateway.tunnel("road")["pool"] == {"addresses": [POOL], "size": 6, "in_use": 3}
    assert gateway.tunnel("road")["packets_in"] == 18

    first = clients[0]
    first.terminate()
    wait_until(lambda: sites[0].identity not in peers(gateway), 5, "the first client to be gone")
    assert ping_from(net.a.host, net.a.host_address, addresses[0], timeout=0.2) == 0
    first.initiate()
    assert vip(first) == addresses[0]
    for client in clients:
        client.rekey(ike=True)
    gateway.rekey("road")
    wait_until(lambda: gateway.log().count("IKE SA rekeyed by the peer") == 3, 10, "three rekeys")
    for site, address in zip(sites, addresses):
        assert ping_from(site.gateway, address, net.a.host_address) == 3

    gateway.down("road")
    assert peers(gateway) == {}
    assert "0 peers" in gateway.cli("status", "road").stdout
    with pytest.raises(LabError):
        first.initiate()


def test_certificates_with_a_pool_and_its_exhaustion(lab):
    net, authority = Topology(lab, sites=3), Authority()
    auth = auth_of(lab, net.a, authority.gateway(net.a.identity), authority)
    gateway = gateway_with_pool(lab, net.a, auth=auth, pool={"addresses": ["10.99.0.9/32"]})
    certified = [authority.gateway(site.identity) for site in net.sites[1:]]
    first, second = (
        client_at(lab, site, net.a, certified=own, authority=authority)
        for site, own in zip(net.sites[1:], certified)
    )
    first.initiate()
    assert vip(first) == "10.99.0.9"
    assert ping_from(net.b.gateway, "10.99.0.9", net.a.host_address) == 3
    second.initiate(check=False)
    assert not second.established()
    assert "INTERNAL_ADDRESS_FAILURE" in second.process.log() or "INT_ADDR_FAIL" in second.process.log()
    assert gateway.tunnel("road")["last_error"]["code"] == "pool_exhausted"
    assert ping_from(net.b.gateway, "10.99.0.9", net.a.host_address) == 3
    first.terminate()
    second.terminate(check=False)
    wait_until(lambda: gateway.tunnel("road")["pool"]["in_use"] == 0, 5, "the address to be free")
    second.initiate()
    assert ping_from(net.c.gateway, vip(second), net.a.host_address) == 3


def test_a_client_without_a_request_is_told(lab):
    net = Topology(lab)
    gateway = gateway_with_pool(lab, net.a)
    client = strongswan_at(lab, net.b, net.a)
    client.initiate(check=False)
    assert not client.established()
    assert gateway.tunnel("road")["last_error"]["code"] == "no_address_asked"


def test_addresses_survive_a_restart_of_the_gateway(lab):
    """The clients ask for what they had."""
    net = Topology(lab, sites=3)
    gateway = gateway_with_pool(lab, net.a)
    clients = [client_at(lab, site, net.a) for site in net.sites[1:]]
    for client in clients:
        client.initiate()
    gateway.stop()
    gateway.start()
    for client in clients:
        wait_until(lambda client=client: not client.sas(), 5, "the client to have heard of it")
        client.initiate()
    assert sorted(vip(client) for client in clients) == ["10.99.0.1", "10.99.0.2"]


def test_a_reload_leaves_peers_alone_unless_it_changes_their_tunnel(lab):
    net = Topology(lab)
    gateway = gateway_with_pool(lab, net.a)
    client = client_at(lab, net.b, net.a)
    client.initiate()
    gateway.hangup()
    gateway.process.wait_for_line("reload done: 1 untouched", 5)
    assert ping_from(net.b.gateway, vip(client), net.a.host_address) == 3
    gateway.configure({"road": road_tunnel(net.a, pool={"addresses": ["10.98.0.0/30"]})})
    gateway.hangup()
    gateway.process.wait_for_line("reload done: 0 untouched, 1 changed", 5)
    wait_until(lambda: not client.sas(), 5, "the client to have heard of it")
    client.initiate()
    assert vip(client) == "10.98.0.1"
    assert ping_from(net.b.gateway, "10.98.0.1", net.a.host_address) == 3
    assert not any("10.99.0" in route for route in net.a.gateway.routes())


def test_a_client_behind_a_nat_with_addresses_of_both_families(lab):
    net = Topology(lab, sites=2, nat="b")
    pool = {"addresses": [POOL, "fd00:99::/112"], "dns": [DNS, "fd00:1::53"]}
    local = {"address": net.a.address, "id": net.a.identity, "subnets": [net.a.subnet, net.a.subnet6]}
    gateway = gateway_with_pool(lab, net.a, pool=pool, local=local)
    client = client_at(lab, net.b, net.a, vips=["0.0.0.0", "::"], remote_ts=["0.0.0.0/0", "::/0"])
    client.initiate()
    assert sorted(client.established()[0]["local-vips"]) == ["10.99.0.1", "fd00:99::1"]
    assert ping_from(net.b.gateway, "10.99.0.1", net.a.host_address) == 3
    assert ping_from(net.b.gateway, "fd00:99::1", net.a.host_address6) == 3
    assert peers(gateway)[net.b.identity]["virtual_addresses"] == ["10.99.0.1", "fd00:99::1"]


@pytest.mark.parametrize("rekeys", [False, True], ids=["once", "with-rekeys"])
def test_esplane_as_a_client_of_strongswan(lab, rekeys):
    net = Topology(lab)
    server = strongswan_at(
        lab, net.b, net.a, pool=("10.77.0.0/28", "10.2.0.53"), local_ts=[net.b.subnet], remote_ts=["dynamic"]
    )
    tunnel = esplane_tunnel(net.a, net.b)
    tunnel["local"]["subnets"] = "virtual"
    ours = Esplane(lab, net.a.gateway, {"net": tunnel})
    ours.up()
    status = ours.wait_established()
    assert status["virtual_addresses"] == ["10.77.0.1"]
    assert status["dns"] == ["10.2.0.53"]
    assert "10.77.0.1" in net.a.gateway.run("ip", "address", "show", "dev", "esp0").stdout
    assert ping_from(net.a.gateway, "10.77.0.1", net.b.host_address) == 3
    assert ping_from(net.a.gateway, None, net.b.host_address) == 3  # the kernel takes the address by itself
    if rekeys:
        ours.rekey()
        ours.rekey(ike=True)
        server.rekey()
        wait_until(lambda: "CHILD_SA rekeyed by the peer" in ours.log(), 10, "the peer's rekey")
        assert ping_from(net.a.gateway, "10.77.0.1", net.b.host_address) == 3
    ours.down()
    ours.up()
    assert ours.wait_established()["virtual_addresses"] == ["10.77.0.1"]
    assert ping_from(net.a.gateway, "10.77.0.1", net.b.host_address) == 3
    ours.stop()
    assert "10.77.0.1" not in net.a.gateway.run("ip", "address", "show").stdout
