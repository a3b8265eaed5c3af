"""A start on DPDK's ports that cannot succeed says in one line where it is written, what is wrong and what to do, and
leaves nothing behind. One that is doubtful says so, and goes on."""

import copy
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from esplane import BINARY, Esplane
from lab import wait_until

DONE, FAILED, MISUSE = 0, 1, 2
LOGGED = re.compile(r"\S+ (debug|info|warning|error) ")
PLACED = re.compile(r"\S+/esplane\.yaml:\d+:\d+: ")

PORTS = [
    {
        "name": "wan",
        "role": "cipher",
        "device": "net_af_packet0,iface=wan,framecnt=256",
        "addresses": ["192.0.2.1/24"],
    },
    {"name": "lan", "role": "clear", "device": "net_af_packet1,iface=lan,framecnt=256", "addresses": ["10.1.0.1/24"]},
]
TUNNEL = {
    "local": {"address": "192.0.2.1", "subnets": ["10.1.0.0/24"]},
    "remote": {"address": "192.0.2.2", "subnets": ["10.2.0.0/24"]},
    "auth": {"psk": "correct horse battery staple"},
    "start": "listen",
}


@pytest.fixture
def site(lab):
    """A gateway's namespace with two devices that go nowhere."""
    made = lab.namespace("gw")
    made.ip("link add wan type veth peer name far", "link add lan type veth peer name near")
    made.ip(*(f"link set {device} up" for device in ("wan", "far", "lan", "near")))
    return made


def ports(**changes):
    """Of the gateway; `changes` by the port's name."""
    return [{**port, **changes.get(port["name"], {})} for port in copy.deepcopy(PORTS)]


@dataclass
class Case:
    """What differs from a configuration that works, how it is started, and what must be said."""

    name: str
    says: list
    ports: list = field(default_factory=ports)
    eal: list = field(default_factory=list)
    gateway: dict = field(default_factory=dict)
    tunnel: dict = field(default_factory=dict)
    start: tuple = ()  # a command that executes the rest
    status: int = FAILED


WRONG = [
    Case(
        "two-ports-of-one-name",
        [r":\d+:\d+: dpdk\.ports\[\]\.name: port 'wan' \(line \d+\) has this name; give each its own"],
        ports(lan={"name": "wan"}),
    ),
    Case("two-ports-of-one-device", [r"'net_af_packet0' is the device of"], ports(lan={"device": PORTS[0]["device"]})),
    Case(
        "two-ports-on-one-interface",
        [r"device: 'wan' is the interface of port 'wan' \(line \d+\); give each port one of its own"],
        ports(lan={"device": "net_af_packet1,iface=wan"}),
    ),
    Case("no-interface", [r"names no interface; write"], ports(wan={"device": "net_af_packet0"})),
    Case(
        "one-address-on-two-ports",
        [r"addresses: '192\.0\.2\.1/24' is an address of port 'wan' \(line \d+\); write each address once"],
        ports(lan={"addresses": ["192.0.2.1/24"]}),
    ),
    Case(
        "a-peer-at-a-port's-address",
        [r"remote\.address: '10\.1\.0\.1' is an address of port 'lan'; write the peer's"],
        tunnel={"remote": {"address": "10.1.0.1", "subnets": ["10.2.0.0/24"]}},
    ),
    Case("a-tunnel-at-no-port", [r"not an address of a port"], tunnel={"local": {**TUNNEL["local"], "address": "1.2.3.4"}}),
    Case("a-cpu-twice", [r"workers: cpu 0 has a worker already"], gateway={"workers": [0, 0]}),
    Case("cpus-by-the-eal", [r"eal: '-l' is not accepted: gateway\.workers says"], eal=["-l", "0"]),
    Case("memory-by-the-eal", [r"eal: '--in-memory' is not accepted: the gateway takes hugepages"], eal=["--in-memory"]),
]

without = "--bounding-set=-{0} --inh-caps=-{0}".format
FAILING = [
    Case(
        "no-such-interface",
        [r"yaml:\d+:\d+: port wan, device net_af_packet0,iface=none: .*there is no interface 'none'.*`ip link`"],
        ports(wan={"device": "net_af_packet0,iface=none"}),
    ),
    Case(
        "no-such-pci-device",
        [r"yaml:\d+:\d+: port wan, device 0000:99:00\.0: .*no PCI device there\. `dpdk-devbind\.py --status`"],
        ports(wan={"device": "0000:99:00.0"}),
    ),
    Case(
        "no-such-driver",
        [r"yaml:\d+:\d+: port wan, .*there is no driver net_quux\. .*librte_net_quux\.so.*\"-d\""],
        ports(wan={"device": "net_quux0,iface=wan"}),
    ),
    Case(
        "an-argument-that-the-driver-does-not-know",
        [r"port wan, .*the driver net_af_packet does not take it\. Look at its arguments"],
        ports(wan={"device": "net_af_packet0,iface=wan,colour=blue"}),
    ),
    Case(
        "fewer-queues-than-workers",
        [r"yaml:\d+:\d+: port wan, .*has 1 queue of each direction, and each of 2 workers needs one", r"qpairs=2"],
        gateway={"workers": 2},
    ),
    Case(
        "fewer-queues-than-wanted",
        [r"port wan, .*has 1 queue of each direction, and dpdk\.ports\.queues wants 3", r"qpairs=3"],
        ports(wan={"queues": 3}),
    ),
    Case(
        "an-mtu-that-the-device-does-not-take",
        [r"port wan, .*takes packets of \d+ octets at most, and dpdk\.ports\.mtu is 9700\. Write mtu: \d+ or less"],
        ports(wan={"device": "net_tap0,iface=tap0", "mtu": 9700}),
    ),
    Case(
        "frames-larger-than-the-mtu-gives-room-for",
        [r"port wan, .*are its frames \(framesz\) larger than dpdk\.ports\.mtu"],
        ports(wan={"device": "net_af_packet0,iface=wan,framesz=9216,blocksz=36864,framecnt=128"}),
    ),
    Case(
        "an-option-that-the-eal-does-not-know",
        [r"yaml:\d+:\d+: DPDK does not start: unrecognized option '--colour'", r"`--colour` are from dpdk\.eal"],
        eal=["--colour"],
    ),
    Case(
        "a-plugin-that-is-not-there",
        [r"yaml:\d+:\d+: DPDK does not start: /none\.so: cannot open shared object file", r"`-d /none\.so`"],
        eal=["-d", "/none.so"],
    ),
    Case(
        "less-memory-than-the-packets-want",
        [r"port wan, .*has no memory for its packets\. It wants \d+ MiB: leave -m and --socket-mem out of dpdk\.eal"],
        eal=["-m", "16"],
    ),
    Case("no-raw-packets", [r"lacks CAP_NET_RAW \(packets"], start=("setpriv", *without("net_raw").split())),
    Case(
        "an-ordinary-user",
        [r"lacks CAP_NET_ADMIN \(devices, routes\), CAP_NET_RAW \(packets.*\)\. Run it as root"],
        start=("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    ),
    Case(
        "metrics-at-a-port's-address",
        [r"metrics: cannot listen on 192\.0\.2\.1:9510: Cannot assign requested address\. .*DPDK's ports are not"],
        gateway={"metrics": "192.0.2.1:9510"},
    ),
]


def configuration(lab, case):
    """The file of a case."""
    dpdk = {"ports": case.ports, **({"eal": case.eal} if case.eal else {})}
    file = lab.directory / "esplane.yaml"
    gateway = {"dataplane": "dpdk", "control_socket": str(lab.directory / "control.sock"), **case.gateway}
    content = {"gateway": gateway, "dpdk": dpdk, "tunnels": {"net": {**TUNNEL, **case.tunnel}}}
    file.write_text(json.dumps(content, indent=2))
    return file


def run_to_its_end(namespace, file, *start):
    done = namespace.run(*start, BINARY, "run", "--config", file, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def state_of(lab, namespace):
    return sorted(path.name for path in lab.directory.iterdir()), namespace.links(), namespace.routes(), namespace.rules()


def assert_said(said, patterns):
    for pattern in patterns:
        assert re.search(pattern, said), f"/{pattern}/ is not in:\n{said}"
    for line in said.splitlines():
        assert LOGGED.match(line) or PLACED.match(line), f"not a line of ours: {line}"


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.name)
def test_wrong_configuration(lab, site, case):
    file = configuration(lab, case)
    checked = subprocess.run([BINARY, "check", file], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (MISUSE, "")
    assert_said(checked.stderr, case.says)
    before = state_of(lab, site)
    status, said = run_to_its_end(site, file)
    assert (status, said) == (MISUSE, checked.stderr)
    assert state_of(lab, site) == before


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.name)
def test_start_that_fails(lab, site, case):
    file = configuration(lab, case)
    lab.directory.chmod(0o755)  # not everybody who starts it here is root
    before = state_of(lab, site)
    status, said = run_to_its_end(site, file, *case.start)
    assert status == FAILED, said
    assert_said(said, case.says)
    assert len(re.findall(" error ", said)) == 1, said
    assert state_of(lab, site) == before


def hugepages(directory, free):
    """A command that lets what it executes find that many of 2 MiB each; the kernel may have others."""
    size = directory / "hugepages" / "hugepages-2048kB"
    size.mkdir(parents=True)
    for name, count in (("free", free), ("nr", free), ("nr_overcommit", 0), ("resv", 0), ("surplus", 0)):
        (size / f"{name}_hugepages").write_text(f"{count}\n")
    # `ip netns exec` has given us mounts of our own.
    return ("sh", "-c", f'mount --bind {size.parent} /sys/kernel/mm/hugepages && exec "$@"', "sh")


def has_hugepages():
    return any(int(file.read_text()) for file in Path("/sys/kernel/mm/hugepages").glob("*/free_hugepages"))


@pytest.mark.skipif(has_hugepages(), reason="has hugepages, and a start would find them")
def test_hugepages_that_cannot_be_had(lab, site):
    file = configuration(lab, Case("hugepages", []))
    start = hugepages(lab.directory, 500)
    before = state_of(lab, site)
    status, said = run_to_its_end(site, file, *start)
    assert status == FAILED
    assert_said(said, [r"DPDK does not start: .*Enough hugepages were free, .*eal: \[--no-huge\]"])
    assert state_of(lab, site) == before


@pytest.mark.parametrize("free, eal", [(0, []), (5, []), (500, ["--no-huge"])])
def test_start_without_hugepages(lab, site, free, eal):
    """By need, which is told in one line with what would help; or by the operator's own word, which is not."""
    file = configuration(lab, Case("hugepages", [], eal=eal))
    process = lab.start(site, [*hugepages(lab.directory, free), BINARY, "run", "--config", file])
    process.wait_for_line(r"\bready\b", 20)
    assert process.stop() == DONE
    warnings = [line for line in process.log().splitlines() if " warning " in line]
    if eal:
        assert warnings == []
    else:
        assert len(warnings) == 1
        assert_said(warnings[0], [rf"\d+ MiB would have to be free, and {2 * free} MiB are.*`sysctl vm\.nr_hugepages=\d+`"])


@dataclass
class Doubt:
    name: str
    says: str
    ports: list = field(default_factory=ports)
    gateway: dict = field(default_factory=dict)
    before: str = "link set lo up"


DOUBTFUL = [
    Doubt(
        "an-mtu-that-the-interface-does-not-take",
        r"yaml:\d+:\d+: port wan, .*dpdk\.ports\.mtu is 9000, but interface wan sends packets of 1500 octets at most.*"
        r"`ip link set wan mtu 9000`.*mtu: 1500",
        ports(wan={"mtu": 9000}),
    ),
    Doubt(
        "an-address-that-the-kernel-has-too",
        r"port wan, .*the kernel has 192\.0\.2\.1 on interface wan, too, .*`ip address flush dev wan`",
        before="address add 192.0.2.1/24 dev wan",
    ),
    Doubt(
        "a-cpu-that-is-not-there",
        r"yaml:\d+:\d+: worker 0 is not pinned to cpu 1023, .*gateway\.workers",
        gateway={"workers": [1023]},
    ),
]


@pytest.mark.parametrize("doubt", DOUBTFUL, ids=lambda doubt: doubt.name)
def test_start_that_is_doubtful(lab, site, doubt):
    site.ip(doubt.before)
    file = configuration(lab, Case(doubt.name, [], doubt.ports, gateway=doubt.gateway, eal=["--no-huge"]))
    before = state_of(lab, site)
    process = lab.start(site, [BINARY, "run", "--config", file])
    process.wait_for_line(r"\bready\b", 20)
    assert process.stop() == DONE
    warnings = [line for line in process.log().splitlines() if " warning " in line]
    assert len(warnings) == 1
    assert_said(warnings[0], [doubt.says])
    assert state_of(lab, site) == before


def test_second_gateway_on_the_same_device(lab, site):
    """It is turned away, the first one carries on, and nothing of one that was killed keeps the next from starting."""
    first = Esplane(lab, site, {"net": TUNNEL}, {"dataplane": "dpdk"}, {"ports": ports()})
    file = configuration(lab, Case("second", []))
    before = state_of(lab, site)
    status, said = run_to_its_end(site, file)
    assert status == FAILED
    assert_said(said, [r"yaml:\d+:\d+: port wan, .*another port has interface wan already, .*esplane that runs"])
    assert state_of(lab, site) == before
    assert first.status()["ports"]

    again = configuration(lab, Case("again", [], gateway={"control_socket": first._gateway["control_socket"]}))
    status, said = run_to_its_end(site, again)
    assert status == FAILED
    assert_said(said, [r"control socket \S+: another esplane is running and listens here\. Stop it, or"])
    assert first.status()["ports"]

    first.kill()
    first.start()
    wait_until(lambda: first.status()["ports"], 5, "the next one to answer")
