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
    for key, value in changes.items():
        tunnel[key] = {**tunnel.get(key, {}), **value} if isinstance(value, dict) else value
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
