"""The same tunnel in both configuration languages: between two sites, subnet to subnet, unless told otherwise."""

from esplane import Esplane
from strongswan import Connection, StrongSwan

PSK = "correct horse battery staple"
IKE_GCM = "aes256gcm16-prfsha256-ecp256"
IKE_CBC = "aes256-sha256-modp2048"


def strongswan_connection(own, peer, **changes):
    """What a strongSwan at `own` needs for a tunnel with `peer`."""
    values = {
        "local_address": own.address,
        "remote_address": peer.public,
        "local_id": own.identity,
        "remote_id": peer.identity,
        "local_ts": [own.subnet],
        "remote_ts": [peer.subnet],
        "psk": PSK,
        **changes,
    }
    return Connection(**values)


def merged(changes, more):
    """Two sets of changes as one: sections that both change are put together."""
    together = dict(changes)
    for key, value in more.items():
        together[key] = {**together.get(key, {}), **value} if isinstance(value, dict) else value
    return together


def esplane_tunnel(own, peer, **changes):
    """The same for an esplane. A change that is a dictionary is merged into the section it names."""
    tunnel = {
        "local": {"address": own.address, "id": own.identity, "subnets": [own.subnet]},
        "remote": {"address": peer.public, "id": peer.identity, "subnets": [peer.subnet]},
        "auth": {"psk": PSK},
        "ike": {"proposals": [IKE_GCM]},
        "esp": {"proposals": ["aes256gcm16"]},
        "start": "listen",
    }
    tunnel = merged(tunnel, changes)
    if "key" in tunnel["auth"] or "eap" in tunnel["auth"]:
        del tunnel["auth"]["psk"]
    if "children" in tunnel:
        for end in ("local", "remote"):
            del tunnel[end]["subnets"]
    return tunnel


def esplane_at(lab, own, peer, **changes):
    """Starts an esplane at `own` with one tunnel `net` to `peer`, which waits to be told unless `start` says more."""
    return Esplane(lab, own.gateway, {"net": esplane_tunnel(own, peer, **changes)})


def strongswan_at(lab, own, peer, **changes):
    """Starts a strongSwan at `own` with one connection `net` to `peer`."""
    daemon = StrongSwan(lab, own.gateway)
    daemon.load(strongswan_connection(own, peer, **changes))
    return daemon


def pair(lab, net, ours=None, theirs=None, **both):
    """esplanes at a and b with one tunnel, brought up by a; `ours` and `theirs` are changes for one of them."""
    peer = esplane_at(lab, net.b, net.a, **merged(both, theirs or {}))
    gateway = esplane_at(lab, net.a, net.b, **merged(both, ours or {}))
    gateway.up()
    return gateway, peer


def bring_up(initiator, ours, peer):
    """`initiator`: "a" for our own side, "b" for the peer's."""
    if initiator == "a":
        ours.up()
    else:
        peer.initiate()


def dual_stack(own, peer, outside=4):
    """Changes for the end `own`: both families inside, family `outside` outside."""
    ends = {
        "local": {"subnets": [own.subnet, own.subnet6]},
        "remote": {"subnets": [peer.subnet, peer.subnet6]},
    }
    if outside == 6:
        ends["local"]["address"], ends["remote"]["address"] = own.address6, peer.address6
    return ends
