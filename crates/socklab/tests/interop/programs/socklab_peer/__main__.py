"""A client of `socklab serve` in Python, written from docs/protocol.md alone: read that page beside it, section by section.

Usage: python3 socklab_peer [--key FILE] [--lose N] tcp|udp HOST PORT COMMAND [ARGUMENT...]

    text TEXT...                      sends texts
    file [--name NAME] PATH           sends a file; goes on where a cut transfer ended
    exec [--shell] COMMAND [ARG...]   runs a command: standard input, output and error are those of this program
    stop                              stops the server
    join ROOM WHO                     says each line of standard input in a room, and prints what is said
    say ROOM WHO LINE                 says one line, and leaves when it has been heard

The layers are modules, each of which knows only those below it:

    messages                          what is asked for                                    section 5
    client                            a session and its streams                            section 4
    tcp, udp (and link below it)      sessions over either transport                       section 3
    handshake, keys, frames           what both have in common                             sections 1 to 3

Without --key the session is plain. It ends with 0 when the server answered "done"; `exec` ends as the command did.
It needs one package beside the standard library: cryptography (Debian: python3-cryptography).
"""

from __future__ import annotations

import argparse
import sys
from typing import Callable

from client import Client, NotDone
from frames import Problem
from keys import Key
from messages import execute, join, say, send_file, send_texts, stop
from tcp import Tcp
from udp import Udp


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--key')
    parser.add_argument('--lose', type=int, default=0, help='lose every N-th datagram')
    parser.add_argument('transport', choices=['tcp', 'udp'])
    parser.add_argument('host')
    parser.add_argument('port', type=int)
    commands = parser.add_subparsers(dest='command', required=True)
    commands.add_parser('text').add_argument('texts', nargs='+')
    file = commands.add_parser('file')
    file.add_argument('--name')
    file.add_argument('--cut-after', type=int, help='leave without a word after so many bytes')
    file.add_argument('path')
    execution = commands.add_parser('exec')
    execution.add_argument('--shell', action='store_true')
    execution.add_argument('--request', help='32 hexadecimal digits (default: a new one)')
    execution.add_argument('--time-limit-ms', type=int, default=0)
    execution.add_argument('--output-limit', type=int, default=0)
    execution.add_argument('command_line', nargs=argparse.REMAINDER)
    commands.add_parser('stop')
    for command, words in (('join', ['room', 'who']), ('say', ['room', 'who', 'line'])):
        subparser = commands.add_parser(command)
        for word in words:
            subparser.add_argument(word)
    return parser.parse_args()


def run(client: Client, options: argparse.Namespace) -> int:
    actions: dict[str, Callable[[], int]] = {
        'text': lambda: send_texts(client, options.texts),
        'file': lambda: send_file(client, options.path, options.name, options.cut_after),
        'exec': lambda: execute(client, options),
        'stop': lambda: stop(client),
        'join': lambda: join(client, options.room, options.who),
        'say': lambda: say(client, options.room, options.who, options.line),
    }
    return actions[options.command]()


def main() -> int:
    options = arguments()
    try:
        key = Key.load(options.key) if options.key else None
        address = (options.host, options.port)
        transport = Tcp(address, key) if options.transport == 'tcp' else Udp(address, key, options.lose)
        client = Client(transport)
        try:
            status = run(client, options)
        except NotDone as refusal:
            # The session goes on after an answer that was not hoped for, so it is ended in order.
            print(refusal, file=sys.stderr)
            status = 1
        if getattr(options, 'cut_after', None) is None:
            client.close()
        return status
    except (Problem, OSError, UnicodeDecodeError) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == '__main__':
    sys.exit(main())
