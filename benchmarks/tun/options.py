"""The command line of scripts/bench-tun. Run by itself it only says what is wrong with it."""

import argparse
import json
import sys
from pathlib import Path

from .contenders import CONTENDERS, Changes
from .measures import MEASURES, Effort

DESCRIPTION = "Measures plain forwarding, esplane, strongSwan's ESP in user space and wireguard-go between namespaces."
EPILOG = f"""contenders: {', '.join(CONTENDERS)}
measures:   {', '.join(MEASURES)}

The default takes about fifteen minutes, --quick two or three. Exit 1 if something could not be measured."""


def parse(arguments):
    parser = argparse.ArgumentParser("bench-tun", description=DESCRIPTION, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=_count, metavar="N", help="how often each contender has its turn (3)")
    parser.add_argument("--seconds", type=_count, metavar="N", help="how long each TCP measurement takes (5)")
    parser.add_argument("--only", type=_names, action="append", default=[], metavar="NAME,...",
                        help="these contenders and these measures")
    parser.add_argument("--quick", action="store_true", help="one round and short measurements, for tuning")
    parser.add_argument("--esplane", type=_setting, action="append", default=[], metavar="KEY=VALUE",
                        help="a further key of esplane's configuration: mtu=1400, gateway.workers=1")
    parser.add_argument("--json", type=_writable, metavar="FILE", help="where all samples go")
    parser.add_argument("--plot", type=_writable, metavar="FILE", help="a picture, .svg or .png")
    options = parser.parse_args(arguments)
    if options.plot and options.plot.suffix not in (".svg", ".png"):
        parser.error(f"--plot {options.plot}: the name must end in .svg or .png")
    options.contenders, options.measures = chosen({name for names in options.only for name in names})
    options.effort = _effort(options.quick, options.seconds)
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.changes = changes(options.esplane)
    return options


def chosen(names):
    """Contenders and measures that are named; where none of a kind is, all."""
    contenders = [each for name, each in CONTENDERS.items() if name in names] or list(CONTENDERS.values())
    measures = {name: each for name, each in MEASURES.items() if name in names} or MEASURES
    return contenders, measures


def changes(settings):
    """Keys with dots become nested dictionaries; `gateway.` in front means that section, otherwise it is the tunnel."""
    nested = {}
    for path, value in settings:
        place = nested
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    return Changes(nested.pop("gateway", {}), nested)


def _effort(quick, seconds):
    if quick:
        return Effort(seconds or 2, udp_seconds=0.5, udp_steps=5, echoes=250, idle_seconds=2.0)
    return Effort(seconds or 5)


def _count(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 on")
    return int(text)


def _names(text):
    names = text.split(",")
    for name in names:
        if name not in CONTENDERS and name not in MEASURES:
            known = ", ".join([*CONTENDERS, *MEASURES])
            raise argparse.ArgumentTypeError(f"'{name}' is neither a contender nor a measure; there are {known}")
    return names


def _setting(text):
    key, equals, value = text.partition("=")
    path = key.split(".")
    if not equals or not all(path) or path == ["gateway"]:
        raise argparse.ArgumentTypeError(f"'{text}' is not KEY=VALUE")
    try:
        return path, json.loads(value)
    except ValueError:
        return path, value


def _writable(text):
    path = Path(text)
    if not path.resolve().parent.is_dir() or path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} cannot be written: its folder must exist")
    return path


if __name__ == "__main__":
    parse(sys.argv[1:])
