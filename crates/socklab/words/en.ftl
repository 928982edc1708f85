### What socklab says in English. Each key and argument stands in es.ftl too: the build compares them.
### Keys that begin with `help-` are the help of the command line, one for each command and argument.

## Failures

hint = hint: { $text }
failure-system = { $operation } { $object }: { $cause }
failure-internal = internal error: { $detail }
failure-supervise = supervise is not to be typed: a server starts it for each command of a client
object-stdout = standard output
object-random = random bytes

hint-report = this is a mistake of socklab's own: please report it with the command that you ran
hint-see-help = see '{ $command }'
hint-did-you-mean = did you mean { $suggestion }?
hint-possible-values = possible values: { $values }
hint-possible-commands = possible commands: { $commands }

## A wrong command line

usage-unknown-argument = unknown argument '{ $argument }'
usage-unknown-command = unknown command '{ $command }'
usage-missing-command = a command is missing
usage-missing-argument = missing: { $arguments }
usage-missing-value = a value is missing for '{ $argument }'
usage-unknown-value = '{ $value }' is not a value of '{ $argument }'
usage-wrong-value = wrong value '{ $value }' for '{ $argument }': { $reason }
usage-too-many-values = '{ $value }' is one value too many for '{ $argument }'
usage-no-equals = the value of '{ $argument }' needs an equals sign before it
usage-repeated = '{ $argument }' can be given only once
usage-conflict = '{ $argument }' cannot be used together with '{ $other }'
usage-udp-only = '{ $argument }' can be used only over UDP
usage-not-utf8 = an argument is not valid UTF-8
usage-other = the command line cannot be understood

value-time = not a time
value-time-range = a time must be more than zero and at most 24h
value-size = not a size
value-size-range = out of the limits of this size
value-whole = not a whole number within its limits
value-target = not a host and a port
value-local = not a host, with or without a port
value-source = not an IP address, with or without a port
value-address = not an IP address
value-prefix = not a network: its prefix length is wrong
value-pause = not a call and a time
value-call = not a call that can be paused here
value-delimiter = not a delimiter
value-key-name = not the name of a key
value-grants = not a list of grants
value-commands = not a list of commands
value-program-name = not the name of a program
value-after = neither listening nor ended nor a time
value-exercise = not an exercise of the practical
value-sysctl = not a setting of the network

hint-udp-only = leave it out: TCP itself sends again what is lost, and its sockets are always connected
hint-time = write a number with ms, s, m or h, such as 500ms, 2s or 1.5m
hint-size = write a number of bytes, or one with k, M, G or T (powers of 1024), such as 64k
hint-size-range = write a size from 1 to { $max } bytes
hint-whole = write a whole number from { $min } to { $max }
hint-target = write HOST:PORT, [IPV6]:PORT or :PORT, such as localhost:3500
hint-local = write HOST or HOST:PORT, and an IPv6 address with a port in brackets: [::1]:3500
hint-source = write an address such as 127.0.0.2, 127.0.0.2:4000 or [::1]:4000
hint-address = write an address such as 192.168.0.10, a network such as 10.0.0.0/8, or a file as ./NAME
hint-prefix = write a prefix length from 0 to { $max } after the slash, such as 10.0.0.0/8
hint-pause = write CALL=TIME, such as recv=2s or after-send=500ms
hint-delimiter = write 1 to { $max } bytes; \n, \r, \t, \0, \\ and \xHH stand for a byte each
hint-calls = the calls are { $calls }, with before- or after- in front if you wish
hint-key-name = write 1 to { $max } letters without accents, digits, -, _ or .
hint-grants = write one or more of text, file, chat, stop and exec, with commas and no spaces
hint-commands = write at most { $max } names or paths, with commas and no spaces, as in uptime,/bin/date; * alone is any command
hint-program-name = write 1 to { $max } bytes that can be shown, not beginning with -
hint-after = write listening, ended, or a time such as 2s; 0s is at once
hint-exercise = write a number of the practical, such as 1.3 or 2.5.1; see 'socklab lab list'
hint-lab-report = give a directory that is there or can be made
hint-sysctl = write net.NAME=VALUE, such as net.ipv4.tcp_abort_on_overflow=1; 'sysctl net' shows the names

## Errors of the operating system

errno-unknown = error { $number }
errno-explained = { $name } - { $meaning }
errno-none = { $error }
errno-not-text = it is not text in UTF-8
errno-perm = the system does not permit it
errno-noent = it does not exist
errno-srch = there is no such process
errno-intr = a signal interrupted it
errno-io = the device failed
errno-badf = the file descriptor is not open
errno-again = it is not possible at this moment
errno-nomem = the system has no memory left for it
errno-acces = permission is missing
errno-fault = the program does not have that address of memory
errno-exist = it exists already
errno-nodev = there is no such device
errno-notdir = a part of the path is not a directory
errno-isdir = it is a directory
errno-inval = the system does not take these values
errno-nfile = the system has no file descriptors left
errno-mfile = this process has no file descriptors left
errno-fbig = it is too long
errno-nospc = there is no space left on the device
errno-rofs = the file system is read-only
errno-pipe = the other end does not read any more
errno-notsock = the file descriptor is no socket
errno-destaddrreq = the socket has no peer and none was named
errno-msgsize = the message is too long for one datagram
errno-noprotoopt = the protocol has no such option
errno-protonosupport = the system does not have this protocol
errno-opnotsupp = this kind of socket cannot do it
errno-afnosupport = the system does not have this address family
errno-addrinuse = another socket has this address and port
errno-addrnotavail = this machine does not have that address
errno-netdown = the network is down
errno-netunreach = there is no route to that network
errno-connaborted = the connection was abandoned before it was accepted
errno-connreset = the peer broke the connection off
errno-nobufs = the system has no buffers left for it
errno-isconn = the socket is connected already
errno-notconn = the socket is not connected
errno-timedout = nobody answered in time
errno-connrefused = nobody is listening there
errno-hostdown = that host is down
errno-hostunreach = there is no route to that host
errno-already = it is being done already
errno-inprogress = it has begun and is not finished

## socklab echo, what it tells

echo-listening = Socket created, listening on { $address }
echo-waiting = Waiting for clients...
echo-client = Connection from: { $peer }
echo-truncated = { "  " }a datagram of { $whole } bytes was cut to { $kept }: the buffer is too small and { $lost } bytes are gone (MSG_TRUNC)
echo-option = { $option } ({ $transport }): asked { $asked }, the kernel made it { $kernel }
echo-closed = Connection { $number } with { $peer } is over: { $reason }; { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} echoed
echo-closed-peer = the client closed it
echo-closed-reset = the client reset it (RST) or is gone
echo-closed-idle = idle for too long
echo-closed-stopped = this server stops
echo-closed-gave-up = this server stops, and the client did not read what it was sent
echo-closed-taught = one recv(), one send(), as taught
echo-refused-udp = Refused: { $peer } (udp), { $rule }; its datagram is ignored
echo-refused-tcp = Refused: { $peer } (tcp), { $rule }; the kernel had completed the handshake before asking this program, so it is reset (RST)
echo-rule-denied = denied by { $rule }
echo-rule-not-allowed = no allow rule covers it
echo-rule-connections-max = { $max } connections are open, as many as --max-conns grants
echo-address-skipped = { $local } ({ $transport }) is left out: { $cause }
echo-too-few-files = this process may have { $limit } files open, and { $wanted } would be needed for as many connections as --max-conns grants
echo-accept-stalled = no connection can be accepted for now: { $cause }; those that wait stay in the accept queue, the others are served
echo-accept-resumed = connections are accepted again
echo-send-failed = a reply of { $bytes } bytes to { $peer } could not be sent: { $cause }
echo-storm-stopped = { $peer } is an echo server too: it is ignored, so that the two do not answer each other for ever
echo-access-reloaded = rules read again: { $rules ->
    [one] one rule holds
   *[other] { $rules } rules hold
}
echo-access-reload-failed = the rules from before still hold: { $cause }
echo-stopping = stopping: nothing more is accepted; { $connections ->
    [one] one connection is open
   *[other] { $connections } connections are open
}
echo-lost = { $events ->
    [one] one event was
   *[other] { $events } events were
} not shown because they came too fast; what they tell of was done
echo-summary-tcp = tcp: { $connections ->
    [one] one connection
   *[other] { $connections } connections
}, { $received ->
    [one] 1 byte
   *[other] { $received } bytes
} in, { $sent } out
echo-summary-udp = udp: { $datagrams ->
    [one] one datagram
   *[other] { $datagrams } datagrams
} in, { $replies } out
echo-summary-truncated = { $count } cut by the buffer
echo-summary-refused = { $count } refused
echo-summary-storm = { $count } from other echo servers ignored
echo-summary-send-failed = { $count } replies not sent
echo-summary-resets = { $count } reset by the client
echo-summary-nobody = nobody came
echo-engine-steered = each of { $workers } workers has sockets of its own, for what its processor receives
echo-engine-shared = { $workers ->
    [one] one worker has all sockets
   *[other] { $workers } workers share the sockets
}: { $reason }
echo-engine-asked = as was asked for
echo-engine-one-worker = there is nobody to share with
echo-engine-stated-queue = a queue of a stated length was asked for, and that is one
echo-engine-other-workers = there is not one for each processor
echo-engine-unlocked = this machine lacks IPv6 or IPv4, without which another program could join sockets of their own
echo-engine-as-taught = as taught
echo-engine-spin = before it sleeps, a worker looks for work for { $spin } µs: to wake one costs { $cost } µs here
echo-engine-spin-adaptive = as long as that pays
echo-engine-spin-always = each time, as was asked for
echo-engine-no-spin = a worker sleeps as soon as it has no work: { $reason }
echo-engine-one-processor = this machine has one processor
echo-engine-unhurried = there are pauses to keep
echo-engine-worker = worker { $number }: { $connections ->
    [one] one open connection
   *[other] { $connections } open connections
}, slept { $sleeps } times
echo-engine-looks = looked for work { $looks } times and found it { $found }, gave up { $vain } times since nothing came and { $disturbed } since others wanted the processor
echo-engine-cpu = processor { $cpu }, { $worker }
echo-no-address = no address to listen on
object-server = the server
call-recv = recv: asked { $asked }, took { $took }
call-send = send: asked { $asked }, took { $took }

access-line = { $file }:{ $line }: { $cause }
access-network = '{ $text }' is no address and no network
access-prefix = '{ $text }': the prefix is longer than { $max } bits
access-too-many = { $file } is too large: at most { $rules } rules and { $bytes } bytes

resolve-unknown = the name '{ $host }' has no address here
resolve-family = { $flag } asks for { $family }, and '{ $host }' has no address of that family

hint-address-in-use = see who has it with 'socklab sockets --port { $port }', or choose another port with --port
hint-address-not-available = listen on an address of this machine; 'ip address' lists them
hint-port-privileged = ports below 1024 need a privilege; choose a higher one with --port
hint-open-files = this process may have { $max } files open; raise the limit with 'ulimit -n', or LimitNOFILE= in systemd
hint-rule-file = the file must exist and be readable; an address or a network can be given instead, as in 10.0.0.0/8
hint-rule-line = write one address or network on each line, as in 192.168.0.10 or 10.0.0.0/8; # begins a comment
hint-resolve-family = leave { $flag } out, or give an { $family } address
hint-resolve = check the spelling, or give the address itself, as in 127.0.0.1:3500

## socklab ask, what it tells

ask-reply-udp = -->{ " " }
ask-reply-tcp = Received:{ " " }
ask-connected = connected from { $local } to { $peer } in { $time }
ask-option = { $option }: asked { $asked }, the kernel made it { $kernel }
ask-retry = no reply: sending it again, try { $number }
ask-stray = a datagram of { $bytes } bytes from { $peer }, who was not asked, is ignored
ask-next-address = { $failed }: { $cause }; trying { $next }
ask-no-answer = no answer to the connection request (SYN)
ask-holding = the reply is complete; the socket stays open
ask-too-many-datagrams = the message would take { $pieces } datagrams
ask-no-address = no address to ask
verdict-echo = replied: { $bytes ->
    [one] 1 byte, the same that was sent,
   *[other] { $bytes } bytes, the same that were sent,
} from { $peer } in { $time }
verdict-replied = replied: { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} from { $peer } in { $time }
verdict-silent = silent: waited for { $awaited } from { $peer } for { $time }
verdict-refused = refused: { $peer } after { $time }: { $cause }
verdict-denied = denied: { $peer } after { $time }: { $cause }
verdict-reset = reset: { $peer } broke the connection off (RST) after { $time }; { $received } of { $whole } bytes had come back ({ $cause })
verdict-closed-early = closed early: { $peer } ended the connection without a reply, after { $time }
verdict-truncated = truncated: { $cut } ({ $peer }, { $time })
verdict-cut-recv-udp = { $kept } of { $whole } bytes received; the buffer here cut the datagram and the rest is gone (MSG_TRUNC)
verdict-cut-recv-tcp = { $kept } of { $whole } bytes received, because recv() was called only once
verdict-cut-peer = { $kept } of { $whole } bytes came back; the rest was lost on the other side
verdict-cut-send = { $kept } of { $whole } bytes sent; nobody sent the rest
verdict-interrupted = interrupted: waited for { $awaited } from { $peer } for { $time }
stage-handshake = the answer to the connection request (SYN)
stage-send = room to send
stage-reply = a reply
stage-rest = the rest of the reply, after { $received } bytes,
refusal-icmp = ICMP type { $kind } code { $code } ({ $name }) from { $offender }, quoting { $bytes } bytes that were sent to { $destination }
tally = { $asked } asked: { $verdicts }
tally-replied = { $count } replied
tally-silent = { $count } silent
tally-refused = { $count } refused
tally-denied = { $count } denied
tally-reset = { $count } reset
tally-closed-early = { $count } closed early
tally-truncated = { $count } truncated
tally-interrupted = { $count } interrupted
object-stdin = standard input
message-awaited = reading the message from standard input; Ctrl-D ends it
message-too-long = the message is longer than { $max } bytes

hint-start-server = no program has that port there; start one with 'socklab echo { $transport } --port { $port }'
hint-no-route = nobody knows a way there, or the host is off: 'ip route get { $address }' shows the one that the kernel would take
hint-forbidden-here = a firewall of this machine or a route forbids it, or it is a broadcast address: 'ip route get { $address }' and 'nft list ruleset' show which
hint-unconnected = without --connect the ICMP message itself is shown: who sent it and which datagram it is about
hint-silent-handshake = the host is off, a firewall drops packets, or the accept queue is full: 'socklab sockets --port { $port }' on the server shows it
hint-silent-udp = the server got it and did not answer (an allow list, perhaps), or the datagram or its reply was lost; --tries 3 asks again
hint-silent-udp-tried = the server got it and did not answer (an allow list, perhaps), or each of the datagrams or its reply was lost
hint-silent-tcp = the connection stands and the server says nothing: it may be busy with another client, or wait for more
hint-taught-udp = recvfrom() without a time limit waits for ever, and an unconnected socket is not told of refusals; without --as-taught both show
hint-closed = a server that does not want you can say so only after the handshake: look at its allow list and its log; one that takes the end of your stream for the end of the talk, as ncat -e may, needs --no-shutdown
hint-reset = a server that closes while bytes wait unread sends RST instead of FIN: one recv() may have been too few
hint-cut-recv-udp = take more with a larger --buffer; the next recv() gets the next datagram, never the rest of this one
hint-cut-recv-tcp = one recv() takes what has come, up to what it asks for; call it again until the message is complete
hint-cut-peer-udp = the server's buffer is smaller than the datagram
hint-cut-peer-tcp = the server's recv() took less than was sent; it must call it again until the message is complete
hint-cut-send = one send() may take less than it was given; sendall() calls it again for the rest, as this program does without --no-loop
hint-message-size = a datagram takes 65507 bytes at most over IPv4; --send-size sends several
hint-send-size = choose a larger --send-size
hint-source-not-here = send from an address of this machine; 'ip address' lists them
hint-message-file = the file must exist and be readable; - is standard input
hint-source-family = the address of --source is of another family than those of the server

## socklab send --how and serve --how, what they tell

ways-kind-text = text
ways-kind-file = file
ways-kind-unknown = item of unknown kind
ways-kind-other = item of type { $number }
ways-item = { $kind }, { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}, sha256 { $sha256 }
ways-listening = Socket created, listening on { $address }, way: { $way }
ways-connected = #{ $connection } Connection from: { $peer }
ways-received = #{ $connection } Received { $number }: { $item }
ways-received-pair = #{ $connection } Received, for pair { $pair }: { $item }
ways-closed = #{ $connection } Over: { $items ->
    [one] one item
   *[other] { $items } items
} in { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}
ways-unfinished = { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} of an item that did not become complete
ways-refused = Refused: { $peer } is reset (RST), because { $max } connections are open
ways-stopping = stopping: nothing more is accepted
ways-summary = { $connections ->
    [one] one connection
   *[other] { $connections } connections
}, { $items ->
    [one] one item
   *[other] { $items } items
}, { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}
ways-summary-faults = { $count } with a fault
ways-connected-to = connected from { $local } to { $peer }
ways-sent = Sent { $number }: { $item } ({ $bytes } on the wire)
ways-arrived = Arrived { $number }: { $item }
ways-arrived-pair = Arrived, for pair { $pair }: { $item }
ways-held = { $sent ->
    [one] sent 1 item
   *[other] sent { $sent } items
}, { $arrived ->
    [one] 1 arrived
   *[other] { $arrived } arrived
}: HELD: { $why }
ways-broken = { $sent ->
    [one] sent 1 item
   *[other] sent { $sent } items
}, { $arrived ->
    [one] 1 arrived
   *[other] { $arrived } arrived
}: BROKEN: { $why }
ways-unconfirmed = { $sent ->
    [one] sent 1 item
   *[other] sent { $sent } items
}: UNCONFIRMED: the receiver did not say what arrived
ways-reset = reset: { $peer } broke the connection off (RST) after { $time } ({ $cause })
ways-silent = silent: waited for { $peer }, { $time } in all
ways-interrupted = interrupted after { $time }
ways-held-delimiter = no item contains the delimiter; if one did, nothing would protect it
ways-held-length = each length says where its item ends, whatever the bytes are; what the item is, the receiver must know
ways-held-tlv = type and length say what each item is and where it ends, whatever the bytes are
ways-held-two-connections = each connection carried one item and no other client came in between: the receiver pairs them by address
ways-held-close = a single item ends where the connection ends
ways-held-recv = each item came in one recv({ $bytes }) by itself: that is luck, because TCP keeps no boundaries
ways-broken-delimiter = item { $item } contains the delimiter at byte { $at }, and there the receiver ends it
ways-broken-boundary = only the end of a connection is marked, so nothing says where one item ends and the next begins
ways-broken-mixed = the receiver put these connections together with another client's: all that it has to pair them is the address
ways-broken-recv = the receiver took what one recv({ $bytes }) brought for an item; TCP keeps no boundaries, so recv() must be called until the item is complete
ways-broken-fault = the receiver found a fault: { $fault }
ways-broken-altered = the receiver has other items: it may receive in another way, or with another delimiter
ways-fault-cut = the stream ended in the middle of an item
ways-fault-reset = the connection was broken off (RST)
ways-fault-idle = no byte came for too long
ways-fault-slow = the transfer took too long
ways-fault-too-long = an item is too long, or says that it will be
ways-fault-too-many = too many items
ways-fault-name = a name that no file may have
ways-fault-unread = more bytes came after the last recv(), and nobody took them
ways-fault-stopped = the receiver stops
ways-delimiter-alone = '{ $argument }' can be used only with --how delimiter
ways-too-many = at most { $max } items can be sent at once
ways-too-long = { $what } is too long: an item has at most { $max } bytes
ways-no-key = the ways of --how have no session: --key and --udp cannot be used with them
ways-needs-both = { $way } needs a text and a file: each has a connection of its own

hint-delimiter-alone = leave it out, or choose --how delimiter
hint-unconfirmed = compare the hashes above with what it has, or receive with 'socklab serve --how { $way }'
hint-start-receiver = no program has that port there; start one with 'socklab serve --how { $way } --port { $port }'
hint-silent-receiver = it may be waiting for more, or not end its side of the connection: 'socklab serve' ends it after the last item
hint-way-that-holds = --how tlv holds with any bytes, and --how length does when the receiver knows what comes

## socklab chat, what it tells

chat-listening = listening on { $address } ({ $transport })
chat-connected-tcp = connected to { $peer }
chat-connected-udp = talking to { $peer }, which nobody has asked whether it is there: UDP does not
chat-how-to-end = /quit or Ctrl-D ends
chat-came = { $peer } is here
chat-left-ended = { $peer } has left
chat-left-reset = { $peer } has gone: { $cause }
chat-left-idle = { $peer } has said nothing for too long and counts as gone
chat-left-slow = { $peer } does not read, and too much waits for it: the connection is broken off (RST)
chat-left-unreachable = { $peer } is not there any more
chat-unheard = nobody is here: nobody has heard that
chat-not-sent = { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} to { $peer } could not be sent: { $cause }
chat-too-long = that is too long for one datagram and was not sent: { $max } bytes at most
chat-too-much-typed = too much was typed at once: a line was not sent
chat-nothing-sent = an empty message sends nothing over TCP, and the peer still waits: say something else
chat-empty-datagram = (an empty datagram from { $peer })
chat-lost = ({ $bytes ->
    [one] 1 byte of that datagram is
   *[other] { $bytes } bytes of that datagram are
} gone: the buffer cut it, MSG_TRUNC)
chat-line-cut = ({ $bytes ->
    [one] 1 byte more of that line is
   *[other] { $bytes } bytes more of that line are
} not shown)
chat-flooded = { $peer } says more than the others can read: { $datagrams ->
    [one] one datagram was
   *[other] { $datagrams } datagrams were
} left out
chat-stray = { $peer } does not take part: { $bytes ->
    [one] a datagram of 1 byte is
   *[other] a datagram of { $bytes } bytes is
} ignored
chat-refused = { $peer } was not let in: { $rule }
chat-rule-full = { $max } peers are here, as many as a chat takes
chat-unreachable = { $peer } was not reached: { $cause }
chat-turn-here = your turn
chat-turn-peer = waiting for the peer: what is typed now is not read yet
chat-joined-tcp = one recv() brought { $lines } lines: over TCP it does not keep messages apart
chat-joined-udp = one datagram had { $lines } lines
chat-cut = one recv() took { $bytes } bytes, and { $waiting ->
    [one] 1 byte waits
   *[other] { $waiting } bytes wait
} for the next one: over TCP a message may come in parts
chat-end-silent = silent: nobody answered in time
chat-end-refused = refused: { $cause }
chat-end-denied = denied: { $cause }
chat-end-reset = reset: { $cause }

hint-start-chat = no program has that port there; wait for somebody with 'socklab chat { $transport } :{ $port } --listen'
hint-chat-port = see who has it with 'socklab sockets --port { $port }', or choose another port, as in :{ $other }
hint-listen-only = only whoever listens lets somebody in
hint-any-port = --any takes a port only, as in ':3500 --any'

## socklab sockets, what it shows

sockets-protocol = Proto
sockets-state = State
sockets-local = Local
sockets-peer = Peer
sockets-recv-queue = Recv-Q
sockets-send-queue = Send-Q
sockets-drops = Drops
sockets-user = User
sockets-program = PID/Program
sockets-command-line = Command line

sockets-more-processes = (and { $count } more)
sockets-handshake = (the handshake is not over: there is no socket yet)
sockets-not-accepted = (waits in the queue until accept() takes it)
sockets-closed = (closed by its program: the kernel does the rest)
sockets-time-wait = (over: its addresses stay reserved for a while)
sockets-hidden-process = (a process of another user: root would see it)
sockets-not-seen = (no process seen: closed meanwhile, or outside this /proc)

sockets-none = no socket fits
sockets-queue-note = Recv-Q of LISTEN: connections waiting for accept() / limit given to listen()
sockets-full-note = ! the queue is full: it holds limit + 1, and nobody else gets in
sockets-drops-note = Drops: datagrams (udp) or connection attempts (tcp) that found no room
sockets-dual-note = tcp46, udp46: an IPv6 socket that takes IPv4 too
sockets-hidden-note = { $count ->
    [one] 1 socket belongs to a process of another user; root would show it
   *[other] { $count } sockets belong to processes of other users; root would show them
 }
sockets-left-out-note = { $count ->
    [one] 1 socket is left out: its process belongs to another user, and root would tell whether it fits
   *[other] { $count } sockets are left out: their processes belong to other users, and root would tell whether they fit
 }

sockets-log-begins = { $count ->
    [one] watching 1 socket and any new one every { $pace }; Ctrl-C ends
   *[other] watching { $count } sockets and any new one every { $pace }; Ctrl-C ends
 }
sockets-screen-head = Every { $pace }:  + new  ~ changed  - gone        Ctrl-C ends
sockets-screen-is-short = … { $count } more lines; a taller window, or a filter, shows them
sockets-no-such-state = no { $protocol } socket has such a state

hint-sock-diag = a sandbox or a container forbids sock_diag(7); run socklab outside it
hint-diag-module = load the kernel's module: sudo modprobe { $module }
hint-proc = /proc must be mounted and readable: see proc(5)
hint-try-again = the system is busy: try again

## socklab key, what it tells

key-made = Key { $name } made, id { $id }; its holder may: { $grants }
key-client-file = { $file }: for the client. It holds the secret: take it there by a way that nobody else can read, such as scp
key-list-file = { $list }: for the server. It holds the secrets too; { $keys ->
    [one] this is its only key
   *[other] it has { $keys } keys now
}
key-on-the-server = On the server:  socklab serve --keys { $list }
key-on-the-client = On the client:  { $command }
key-greeting = Hello!
key-photo = photo.jpg
key-name = Name
key-id = Key id
key-may = May
key-commands = Commands
key-of-a-client = { $file } is the key of a client; the server's list says what its holder may do
key-of-a-list = { $file } is the list of a server, with { $keys ->
    [one] 1 key
   *[other] { $keys } keys
}

key-needs-exec = '{ $flag }' counts only beside the grant exec
key-not-a-file = { $file } is not a regular file
key-not-ours = { $file } belongs to user { $owner }, who could change it
key-exposed = { $file } has mode { $mode }: others may read or change the secrets in it
key-too-large = { $file } has more than { $bytes } bytes
key-not-text = { $file } is not text in UTF-8
key-name-taken = { $list } has a key { $name } already
key-wrong = { $file }: { $cause }
key-line = line { $line }: { $cause }
key-none = there is no key in it
key-second = a second key, where only one can stand
key-no-mark = does not begin with socklab-key-1
key-no-name = word { $word } is not a name of 1 to { $max } letters without accents, digits, -, _ or .
key-no-secret = word { $word } is not a secret of 43 characters in base64url
key-unknown-word = word { $word } means nothing here, or stands there twice
key-no-grant = after may= there is a word that is none of text, file, chat, stop, exec
key-no-commands = after commands= there is an empty name, or * and others, or more than { $max } names
key-name-twice = the name of line { $line } again
key-secret-twice = the secret of line { $line } again
key-too-long = too long
key-list-too-many = a list has at most { $max } keys

hint-key-needs-exec = add it, as in --may { $grants }
hint-key-runs-nothing = the grant exec alone runs nothing: name commands with --commands, or allow any line with --shell
hint-key-exists = a key is never written over: choose another file with --file
hint-key-in-use = another socklab is adding a key to it: try again
hint-key-file = the file, or the directory for it, must exist and be yours to read and write
hint-key-files = 'socklab key new' writes such files: for a client one line, socklab-key-1 NAME SECRET; for a server a line for each key, NAME SECRET may=GRANTS commands=COMMANDS shell
hint-key-owner = run socklab as that user, or make the file yours: sudo chown $(id -u) { $file }
hint-key-mode = close it with 'chmod 600 { $file }', and make a new key if somebody may have read this one
hint-key-name-taken = choose another name, or take that line out of the list first

hint-man-dir = the directory must exist and be writable
hint-dissector = without --install it goes to standard output; `tshark -X lua_script:FILE` uses it from any place
dissector-installed = installed: { $path }
dissector-no-home = install: there is no home directory to install it in

## socklab trace and replay, what they show

trace-level-a = level A: calls, sockets and packets of a private network
trace-level-b = level B: calls, sockets and packets of this machine's network
trace-level-c = level C: calls and sockets; packets cannot be seen
trace-cpu-one = pinned to CPU { $cpu }
trace-cpu-all = on all CPUs
trace-mtu = MTU { $bytes }
trace-times = times in ms since the first call
trace-idle = … { $time } nothing …
trace-still-waiting = still waiting: { $calls }
trace-still = { $process } in { $call } for { $time }
trace-blocked = blocked { $time }
trace-never-returned = had not returned after { $time }
trace-no-limit = no time limit
trace-from = from { $address }
trace-end-of-stream = the peer has ended its stream
trace-nothing-ready = time is up, nothing is ready
trace-restarted = a signal interrupted it; the kernel begins it again
trace-ended-in-call = the program ended in it
trace-more-messages = { $count ->
    [one] and 1 message more
   *[other] and { $count } messages more
}
trace-kernel = kernel
trace-listener = listener
trace-closed = closed by its program
trace-no-socket = no socket has the port
trace-did-not-arrive = did not arrive
trace-about = about { $from } → { $to }
trace-fragment = part of packet { $identification }, from byte { $offset } on
trace-retransmission = sent again
trace-fd = fd { $fd }
trace-fd-closed = closed fd { $fd }
trace-connection = connection { $peer } → { $local }
trace-accept-queue = accept queue { $length }/{ $limit }
trace-datagram-waits = { $bytes ->
    [0] no datagram waits
    [one] a datagram of 1 byte waits
   *[other] a datagram of { $bytes } bytes waits
}
trace-bytes-wait = { $bytes ->
    [0] nothing left to read
    [one] 1 byte to read
   *[other] { $bytes } bytes to read
}
trace-bytes-unacknowledged = { $bytes ->
    [0] all acknowledged
    [one] 1 not acknowledged
   *[other] { $bytes } not acknowledged
}
trace-dropped = { $count ->
    [one] 1 dropped
   *[other] { $count } dropped
}
trace-retransmitted = { $count ->
    [one] 1 segment sent again
   *[other] { $count } segments sent again
}
trace-sampled = within the { $time } before
trace-inferred = inferred
trace-shared = of the whole machine
trace-packet-dropped = drops a packet: { $reason }
trace-started = starts
trace-forked = makes process { $name } (pid { $pid })
trace-executed = runs { $command }
trace-made-by = pid { $pid }, made by { $parent }
trace-process = pid { $pid }
trace-lines-stack = lines of Python are read from its stack
trace-lines-hook = lines of Python are told by a hook, which makes it slower
trace-signalled = gets { $signal }
trace-released = is no longer watched, and goes on
trace-exited = exit status { $status }
trace-killed = ended by { $signal }
trace-wait-status = wait status { $status }
trace-note-io-uring = { $process } uses io_uring: what it does with sockets there is not seen as calls
trace-note-foreign = { $process } makes calls as a 32-bit program does: they are not decoded
trace-note-privilege = { $process } runs { $file }, which gets no privileges here
trace-packets-lost = { $packets ->
    [one] 1 packet was lost by the capture
   *[other] { $packets } packets were lost by the capture
}
trace-note-bytes = more happens than can be written: from here on the bytes of calls and packets are left out
trace-note-clock = the time of day jumped by { $us } µs; the times of packets are corrected for it
trace-note-lines = source lines of { $process } cannot be told
trace-note-source = { $source }: { $operation }: { $cause }
trace-column-program = program
trace-column-calls = calls
trace-column-bytes = bytes out/in
trace-column-packets = packets out/in
trace-column-end = end
trace-end-unknown = not known
trace-cut = the recording was cut: its end is missing
trace-interrupted = the recording was interrupted before the programs ended
trace-hidden = { $count ->
    [one] 1 line is hidden: look-ups of names, what the language does for itself, processes without sockets; --all shows it
   *[other] { $count } lines are hidden: look-ups of names, what the language does for itself, processes without sockets; --all shows them
}
trace-findings = { $count ->
    [one] 1 finding
   *[other] { $count } findings
}

replay-awaited = reading the recording from standard input...
replay-line = { $file }, line { $line }: { $cause }
replay-no-json = it is not JSON from column { $column } on
replay-no-end = it ends in the middle of something
replay-no-observation = it is no observation; column { $column } is where that shows
replay-no-header = this is not a recording: it does not begin as one
replay-too-long = it is longer than { $max } bytes
replay-too-many = there are more than { $max } lines
replay-version = it has version { $version } of the events, and this program knows { $known }
hint-replay = give the file that 'socklab trace --output FILE' has written, or - for standard input
hint-replay-version = a newer socklab wrote it: replay it with that one
hint-replay-script = docs/script.md has the form of a script; --script writes one
replay-script = { $file }, line { $line }, column { $column }: this is no line of a script
replay-script-too-long = { $file } is longer than { $max } bytes, so it is no script
replay-differs = the recording is not what the script says, from line { $line }, column { $column } on
replay-expected = expected: { $line }
replay-found = found: { $line }
export-stdout-twice = only one thing can be written to standard output
hint-export-stdout = give the others a file
hint-export-cut = what stands in the file is cut

trace-no-command = the command of a program is missing
trace-no-command-of = the command of the program { $name } is missing
trace-after-without-as = --after WHEN -- without --as NAME before it
trace-order = what begins another program stands in this order, with blanks and without an equals sign: --as NAME --after WHEN --
trace-first-waits = the first program cannot wait for the one before it
trace-name-twice = two programs are called { $name }
trace-too-many = more than { $max } programs
hint-trace-programs = write: socklab trace [--as NAME] -- COMMAND --as NAME [--after WHEN] -- COMMAND
hint-trace-first-after = give it a time, as in --after 2s, or leave --after out
hint-trace-names = give each one a name of its own with --as
hint-trace-output = give another path, or leave --output out
hint-trace-goes-on = the recording goes on without this file, which is cut; replay shows it as far as it goes

## Findings: what a recording shows that its programs' authors should know

finding-advice = advice
finding-fragile = fragile
finding-fault = fault

finding-refused-datagram-title = { $program } sends datagrams to { $to }, and no socket has that port
finding-refused-datagram-title-waits = { $program } waits in { $call }() for an answer from { $to }, and no socket has that port
finding-refused-datagram-title-told = { $program }: { $call }() fails with ECONNREFUSED because no socket has { $to }
finding-refused-datagram-why = The send succeeded: it only hands the datagram over. The answer was an ICMP message, port unreachable, and the kernel tells that to connected sockets only (udp(7)). This one is not connected, so no call fails.
finding-refused-datagram-why-told = The ICMP message, port unreachable, came after the send had returned. On a connected socket the kernel keeps the error for the next call, whatever it is (udp(7)): an earlier datagram caused it, not this call.
finding-refused-datagram-why-gone = The socket that had this port was closed before the datagram came. The kernel answered with an ICMP message, port unreachable, and did not tell it to this socket, which is not connected (udp(7)).
finding-refused-datagram-do = Start the receiver first, or correct the address or the port. To be told of a refusal, use connect() on the UDP socket, or IP_RECVERR; and never wait without a time limit: SO_RCVTIMEO, settimeout() or poll() before recvfrom().
finding-refused-datagram-do-told = Start the receiver first, or correct the address or the port. Treat ECONNREFUSED of send() and recv() as news of an earlier datagram: send that one again, or give up.
finding-refused-datagram-do-gone = Nothing, if the other program had given up. Otherwise let it close() its socket only when the last answer has come.

finding-refused-connection-title = { $program }: connect() to { $to } is refused: nobody listens there
finding-refused-connection-title-again = { $program }: connect() to { $to } is refused: nobody listens there ({ $attempts } attempts)
finding-refused-connection-why = A SYN for a port on which nobody listens is answered by an RST, and connect() fails with ECONNREFUSED at once.
finding-refused-connection-why-later = { $listener } called listen() on this port only { $ms } ms later. Until then a SYN is answered by an RST, and connect() fails with ECONNREFUSED at once.
finding-refused-connection-why-elsewhere = { $listener } listens on { $address }, which is another address. A SYN for one on which nobody listens is answered by an RST, and connect() fails with ECONNREFUSED at once.
finding-refused-connection-do = Start the server first, or correct the address or the port.
finding-refused-connection-do-later = Start the client when the server listens, or try connect() again after a short rest, on a new socket each time.
finding-refused-connection-do-elsewhere = Connect to the address of the server's bind(), or let the server bind to 0.0.0.0 (or ::), which is every address.

finding-silence-title = { $program } has waited in { $call }() for { $ms } ms, and nothing came back from { $to }
finding-silence-title-gave-up = { $program } gave up after { $ms } ms in { $call }(): nothing ever came back from { $to }
finding-silence-why = The datagram was sent, nobody in the recording has that address, and no ICMP message was seen. UDP tells nothing of a datagram that gets lost or that nobody answers.
finding-silence-why-read = { $receiver } received the datagram and sent nothing back before it waited again. UDP tells the sender neither the one nor the other.
finding-silence-why-unread = The datagram came to the socket of { $receiver }, which has not received it. UDP tells nothing of that to the sender.
finding-silence-do = Wait with a time limit (SO_RCVTIMEO, settimeout() or poll()), send again a few times, then give up. See that sendto() of the answer uses the address that recvfrom() brought.

finding-truncated-datagram-title = { $program }: { $call }() had room for { $room } B and cut a datagram of { $datagram } B
finding-truncated-datagram-title-flag = { $program }: { $call }() had room for { $room } B and cut a longer datagram
finding-truncated-datagram-why = A call takes one datagram, whole or cut: what does not fit is thrown away, and the next call brings the next datagram. recvfrom() does not tell; recvmsg() sets MSG_TRUNC. { $count ->
    [one] One datagram was cut.
   *[other] { $count } datagrams were cut.
}
finding-truncated-datagram-do = Give recvfrom() room for the longest datagram that may come: 65,535 bytes are always enough. To notice cuts, use recvmsg() and look at msg_flags, or pass MSG_TRUNC.

finding-short-send-title = { $program }: { $call }() took { $taken } of { $offered } B, and at least { $missing } B were never sent
finding-short-send-why = send() returns how many bytes it has copied for the kernel to send. Where the socket does not block, has a time limit or a signal comes, those may be fewer than it was given; the rest is the program's to send.
finding-short-send-do = Call send() again with the bytes from its return value on, until none is left; sendall() does just that. On EAGAIN wait with poll() in between.

finding-short-receive-title = { $program } read { $read } of { $arrived } B and closed the connection in the middle of a message of { $message } B
finding-short-receive-why = Over TCP a recv() brings what has come, at most { $room } B here, and not what the peer's send() sent. { $program } called { $call }() no more and closed; the kernel then sends an RST for bytes that nobody read.
finding-short-receive-why-broke = Over TCP a recv() brings what has come, at most { $room } B here, and not what the peer's send() sent. { $program } called { $call }() no more and closed; the kernel sent an RST for the bytes that nobody read, and { $peer }'s { $broke }() failed because of it.
finding-short-receive-do = Call recv() in a loop until the message is whole. Where it ends must be said by the message itself: a length before it, a delimiter, or the end of the stream (shutdown() of the sender, recv() returns 0).

finding-joined-messages-title = { $program }: { $call }() took { $sends } sends of { $peer } as one message, and now both wait
finding-joined-messages-why = { $peer } called send() { $messages } times, but TCP carries bytes, not messages: { $bytes } B came at once. { $program } sent { $answers ->
    [one] one answer
   *[other] { $answers } answers
}, so { $peer } waits for more of them and { $program } for another message.
finding-joined-messages-do = Mark where a message ends: a length before it, or a delimiter. Keep what recv() brings in a buffer, and take every whole message out of it before the next recv().

finding-full-accept-queue-title = { $program }: the accept queue of { $at } was full, { $clients ->
    [one] one connection
   *[other] { $clients } connections
} had to wait, up to { $ms } ms
finding-full-accept-queue-why = The kernel completes handshakes for listen(), and keeps the connections until accept() takes them: the backlog, and one more. With the queue full it drops SYNs without a word, { $dropped } here, and the client sends them again after a second and more.
finding-full-accept-queue-why-known = The kernel completes handshakes for listen(), and keeps the connections until accept() takes them: the backlog, { $backlog }, and one more. { $waiting ->
    [one] One was
   *[other] { $waiting } were
} waiting. With the queue full it drops SYNs without a word, { $dropped } here, and the client sends them again after a second and more.
finding-full-accept-queue-do = Call accept() sooner: serve each connection in a thread or a process of its own, or wait for all of them with poll(). A larger backlog in listen() helps only against short rushes.

finding-unread-reset-title = { $program } closed a connection with { $unread } B unread, so the kernel broke it off with an RST
finding-unread-reset-title-ended = { $program } ended with { $unread } B unread on a connection, so the kernel broke it off with an RST
finding-unread-reset-why = Bytes had come that no recv() took. close() then does not end the stream in order, with a FIN: it sends an RST, which says that something was lost, and the peer may not even get what was sent to it before.
finding-unread-reset-why-broke = Bytes had come that no recv() took. close() then does not end the stream in order, with a FIN: it sends an RST, and { $peer }'s { $broke }() failed because of it.
finding-unread-reset-do = Before close(), call shutdown(SHUT_WR) and then recv() until it returns 0. If the bytes are of no interest, read them and throw them away.

finding-peer-closed-title = { $program }: { $call }() fails with { $error }: the peer had gone
finding-peer-closed-title-lost = { $program } sent { $lost } B to a peer that had gone, and they are lost
finding-peer-closed-why-closed = { $peer } had called close(). The first send() after that succeeds, but is answered by an RST; later calls fail, and a send() also gets SIGPIPE unless MSG_NOSIGNAL says otherwise.
finding-peer-closed-why-ended = The program { $peer } had ended, which closes its sockets. The first send() after that succeeds, but is answered by an RST; later calls fail, and a send() also gets SIGPIPE unless MSG_NOSIGNAL says otherwise.
finding-peer-closed-why-killed = A signal had ended the program { $peer }, and the kernel closed its sockets. The first send() after that succeeds, but is answered by an RST; later calls fail, and a send() also gets SIGPIPE unless MSG_NOSIGNAL says otherwise.
finding-peer-closed-why-reset = The peer sent an RST: it broke the connection off, or it does not know it any more. Whatever is sent after that is lost.
finding-peer-closed-do = Expect ECONNRESET and EPIPE of every send() and recv(), and end only this connection when they come. Agree on who closes first: to be sure that everything has come, wait for an answer before close().

finding-address-in-use-title = { $program }: { $call }() fails with EADDRINUSE: { $address } is taken
finding-address-in-use-why = Some socket has this address and port, and it is none of this recording. One socket has them at a time, for each of TCP and UDP.
finding-address-in-use-why-socket = { $holder } has it, with fd { $fd }. One socket has an address and a port at a time, for each of TCP and UDP.
finding-address-in-use-why-time-wait = { $holder } closed a connection of this port { $ms } ms before, and closed it first: its end stays in TIME-WAIT for 60 s, so that no late segment of it can disturb a new one.
finding-address-in-use-why-time-wait-reuse = { $holder } closed a connection of this port { $ms } ms before, and its end stays in TIME-WAIT for 60 s. SO_REUSEADDR would pass that, and is set here, so another socket must have the port as well.
finding-address-in-use-do = End the program that has the port (socklab sockets names it), or choose another port.
finding-address-in-use-do-time-wait = Set SO_REUSEADDR with setsockopt() before bind(), as servers do. Or let the client close first.

finding-dropped-datagrams-title = { $program }: { $dropped ->
    [one] one datagram was
   *[other] { $dropped } datagrams were
} dropped at { $at }, whose receive buffer was full
finding-dropped-datagrams-why = Datagrams wait in the socket until recvfrom() takes them, in a buffer of { $buffer } B (SO_RCVBUF, in which each counts more than its bytes). One that finds it full is dropped, and neither side is told.
finding-dropped-datagrams-do = Receive sooner: nothing slow between two recvfrom(). Against short rushes enlarge SO_RCVBUF; against a sender that is always faster only its waiting for answers helps.

finding-end-ignored-title = { $program }: { $call }() returned 0 { $times } times in { $ms } ms: the stream had ended
finding-end-ignored-why = 0 bytes (b"") from a stream do not mean that nothing has come yet: they are its end, and each further call returns the same at once. The loop never waits and keeps a CPU busy.
finding-end-ignored-do = When recv() returns 0, leave the loop and close() the socket.

finding-busy-polling-title = { $program }: { $call }() failed with EAGAIN { $times } times in a row, in { $ms } ms
finding-busy-polling-why = On a socket that does not block, EAGAIN means that there is nothing to do now. A loop that asks again at once keeps a CPU busy, and takes it from whoever is to send.
finding-busy-polling-do = Wait in poll(), select() or epoll_wait() until the socket is ready, and call again then; or let the socket block.

finding-descriptor-leak-title = { $program } leaves sockets open: { $left } of them, which it does not use any more
finding-descriptor-leak-title-failed = { $program }: { $call }() fails for want of descriptors: { $left } sockets are open that it does not use any more
finding-descriptor-leak-why = Each socket is a descriptor, and a process may have only so many (1024, as a rule); the next accept() or socket() then fails with EMFILE. Of { $ended } of these the program read the end of the stream; without its close() they stay in CLOSE-WAIT.
finding-descriptor-leak-do = Call close() on every socket when it is done with, on every way out of the function: also after an error, and when recv() returned 0.

finding-blocked-for-ever-title = { $program } waits for { $other } in { $call }(), and { $other } waits in { $other-call }(): for { $ms } ms
finding-blocked-for-ever-why-both-receive = Both ends of the connection wait in recv(), and no bytes are on their way. Neither can go on until the other sends.
finding-blocked-for-ever-why-both-send = Both ends of the connection wait in send(): the buffers of both directions are full, and neither reads.
finding-blocked-for-ever-why-serves = { $other } waits for bytes of somebody else, whom it serves, and does nothing for this connection meanwhile.
finding-blocked-for-ever-why-serves-queued = The connection waits in the accept queue: the kernel has completed the handshake, so connect() and send() succeed. { $other } waits for bytes of somebody else, whom it serves, and does not call accept() meanwhile.
finding-blocked-for-ever-why-accepts = { $other } has this connection open, but does not read from it any more: it waits in accept() for another one.
finding-blocked-for-ever-do = Agree on who speaks when, and on where a message ends. If the one reads until the end of the stream, the other must call shutdown(SHUT_WR) after its last send(). A time limit (SO_RCVTIMEO, settimeout()) keeps a mistake from lasting for ever.
finding-blocked-for-ever-do-both-send = Read while sending: wait with poll() for both, or let one thread read and another one send.
finding-blocked-for-ever-do-serves = Serve each connection in a thread or a process of its own, or wait for all of them with poll(). A time limit for those who say nothing helps too.
finding-blocked-for-ever-do-accepts = Go on reading until recv() returns 0, or close() the connection when it is served: the peer then reads the end instead of waiting.

finding-nagle-stall-title = { $program }: { $stalls ->
    [one] a small write
   *[other] { $stalls } small writes
} waited for acknowledgements, { $ms } ms in all
finding-nagle-stall-why = { $call }() of { $bytes } B returned at once, but a small segment is held back while an earlier one is not acknowledged (Nagle), and the receiver delays its acknowledgement in the hope of an answer (40 ms).
finding-nagle-stall-do = Write a message by one call: put its parts together, or use sendmsg() or writev(). If small writes must go at once, set TCP_NODELAY.

finding-message-too-long-title = { $program }: { $call }() of { $offered } B fails with EMSGSIZE: no datagram is that long
finding-message-too-long-why = A datagram of UDP has at most 65,507 B over IPv4: 65,535 less both headers. Nothing was sent.
finding-message-too-long-do = Send pieces, each with its place in the whole, and better of 1,400 B than of 60,000: a datagram that is longer than the MTU is cut into fragments, and lost with any of them. Or use TCP.

finding-denied-port-title = { $program } may not bind { $address }: EACCES
finding-denied-port-why = Ports below 1024 are for privileged programs (net.ipv4.ip_unprivileged_port_start).
finding-denied-port-do = Use a port from 1024 on, such as 3500.

finding-no-route-title = { $program }: { $call }() to { $to } fails: no way leads there
finding-no-route-why = No route of this machine leads to that network.
finding-no-route-why-private = The programs run in a private network, which has nothing but the loopback.
finding-no-route-do = Correct the address, or see to the routes: ip route.
finding-no-route-do-private = Record with { $flag }: then the programs use this machine's network.

## The layout of help and manual pages

heading-usage = Usage
heading-commands = Commands
heading-arguments = Arguments
heading-options = Options
heading-general = General options
heading-examples = Examples
usage-options = OPTIONS
usage-command = COMMAND
man-name = NAME
man-synopsis = SYNOPSIS
man-description = DESCRIPTION
man-version = VERSION

## Sessions with a message server

session-silent = no answer from { $address } ({ $transport }) within the time limit
session-no-server = what answers at { $address } is no message server, or it does not have this key
session-refused = { $address } refused the session: { $why }
session-failed = the connection failed: { $cause }
session-cut = the connection was cut before everything was answered
session-went-silent = the server has been silent for 30 s
session-broken = what came is not of this session: { $cause }
refused-key = it does not know this key
refused-plain = it takes no sessions without a key
refused-busy = it has as many sessions as it takes
refused-stopping = it is stopping
refused-malformed = the opening was malformed, or of another version
refused-other = { $code }
hint-refused-key = ask whoever runs the server to add the key to its list, the file of 'serve --keys'
hint-refused-plain = name your key with --key FILE or in SOCKLAB_KEY; 'socklab key new' makes one
hint-serve = start a server there with 'socklab serve --keys FILE --port { $port }', or with --plain in place of --keys
hint-session-silent = check the address; over UDP a firewall, or nobody at all, looks like this
hint-needs-key = without a key only texts, files and rooms are served; name yours with --key FILE or in SOCKLAB_KEY
hint-needs-grant = the key needs that grant in the server's list, as in may=text,file,chat,stop,exec
hint-needs-command = the key needs the command in the server's list, as in commands=uptime, or the word shell for --shell
result-done = it is done
result-denied = denied: the key has no such grant
result-command = denied: the key may not run this command
result-name = the name is refused or taken
result-too-large-here = it is too large, or there is no room
result-too-large = it is too large: there is room for { $room } bytes
result-mismatch = what arrived is not what was sent: its hash is another
result-busy = it is doing as many of these as it can
result-cancelled = it was given up
result-malformed = the request was malformed
result-unsupported = it does not take that
result-failed-here = the system here said no
result-failed = it failed there: { $cause }
result-stopping = it is stopping
result-superseded = the same transfer came again and took its place
result-repeated = this request has been run before
result-unknown = { $code }

room-joined = in the room { $room }, with { $names }
room-joined-alone = in the room { $room }, where nobody else is
room-came = { $name } came
room-left = { $name } left
room-lost = the place in the room is lost: too much was said and not read
room-stopped = the server is stopping, and the room with it
room-over = the place in the room is over: { $code }
room-refused = no place in the room: { $why }
room-wrong-name = a room and a name have 1 to { $max } bytes and no control characters
hint-room-name = say who you are, as in --name ana

## socklab serve, what it tells

serve-nobody = nobody could open a session
hint-serve-nobody = give a list of keys with --keys FILE, which 'socklab key new' makes, or allow sessions without a key with --plain
serve-as-root = this server runs as root, and so do the commands of every key with the grant exec: better start it as another user
serve-ready = Ready: { $keys ->
    [0] no key
    [one] one key
   *[other] { $keys } keys
}; { $plain }; { $inbox }
serve-inbox = files land in { $inbox }
serve-no-inbox = no files are taken
serve-plain = sessions without a key may send texts and files and chat
serve-sealed = no sessions without a key
serve-text = { $from }: { $text }
serve-joined = { $from }: { $name } came into the room { $room }
serve-left = { $from }: { $name } left the room { $room }
serve-said = { $from }: { $name } said { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} in the room { $room }
serve-stop-asked = { $from } asks this server to stop
serve-denied = { $from }: { $what } was not done: { $result }
serve-refused = Refused: { $peer } ({ $transport }), { $why }
serve-refused-key = it has no key of the list (key id { $id })
serve-refused-plain = it has no key
serve-refused-busy = as many sessions are open as may be
serve-refused-stopping = this server is stopping
serve-refused-more = { $refusals ->
    [one] one more was
   *[other] { $refusals } more were
} refused
serve-stopping = stopping: nothing new is taken; { $sessions ->
    [0] no session is open
    [one] one session is open
   *[other] { $sessions } sessions are open
}, { $streams ->
    [0] nothing is in hand
    [one] one request is in hand
   *[other] { $streams } requests are in hand
}
serve-reloaded = read again: { $keys ->
    [one] one key
   *[other] { $keys } keys
}, { $rules ->
    [one] one rule
   *[other] { $rules } rules
}
serve-reload-failed = the keys and rules from before still hold: { $error }
serve-opened = { $from }: session opened ({ $transport })
serve-closed = { $from }: session over: { $reason }; { $received } bytes in, { $sent } out
serve-closed-done = the client had no more to ask
serve-closed-cut = the connection was cut
serve-closed-silent = silent for too long
serve-closed-protocol = the client broke the protocol
serve-file-resumed = { $from }: file { $name } of { $bytes } bytes goes on after { $there }
serve-file-stored = { $from }: file { $name }, { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}, stored as { $stored }
serve-file-already = (it was here already)
serve-file-failed = { $from }: file { $name } was not stored: { $result }
serve-exec-started = { $from }: runs { $command } (pid { $pid })
serve-exec-ended = { $from }: { $command }: { $how }
serve-summary = { $sessions ->
    [one] one session
   *[other] { $sessions } sessions
}, { $texts ->
    [one] one text
   *[other] { $texts } texts
}, { $files ->
    [one] one file
   *[other] { $files } files
} ({ $bytes } bytes), { $commands ->
    [one] one command
   *[other] { $commands } commands
}
serve-summary-denied = { $count ->
    [one] one denied
   *[other] { $count } denied
}
serve-inbox-not-ours = the inbox { $path } belongs to user { $owner }
serve-inbox-in-use = another server has the inbox { $path }
hint-inbox = choose a directory of your own with --inbox DIR, or take no files with --no-inbox

## socklab send, what it tells

send-a-text = text of { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}
send-text-too-long = a text may have { $max } bytes at most
hint-send-file = send it as a file, with --file
send-no-name = { $path } has no name that can be sent; it must end in a name in UTF-8
send-not-regular = { $path } is no regular file
send-delivered = { $what }: arrived, SHA-256 { $hash }
send-stored = { $what }: { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} on its disk as { $stored }, SHA-256 { $hash }
send-resumed = { $bytes } bytes of it were there before
send-failed = { $what }: not delivered: { $cause }
send-changed = the file changed while it was sent
send-progress = { $name }  { $percent } %  { $speed } MiB/s  { $left } s left
hint-send-again = send it again: a file goes on where it was cut

## socklab stop and exec, what they tell

stop-draining = { $peer } is stopping: { $streams ->
    [0] nothing is in hand
    [one] one request is in hand
   *[other] { $streams } requests are in hand
}
stop-done = { $peer } has finished and stopped
stop-failed = stop { $target }: { $why }
exec-ended = socklab exec: { $text }
exec-exited = exit status { $status }
exec-signal = ended by { $name }
exec-signal-core = ended by { $name }, with a core dump
exec-not-started = it could not be started: { $cause }
exec-unknown = ended in a way that this version does not know ({ $how }, { $value })
exec-why-time = the time limit was reached
exec-why-output = the output limit was reached
exec-why-cancelled = it was given up
exec-why-stopping = the server stopped
exec-wait-exited = wait status { $wait } = { $status } × 256, as os.system() returns it
exec-wait-signal = wait status { $wait }, as os.system() returns it: the low 7 bits are the signal, { $signal }
exec-wait-other = wait status { $wait }
exec-arguments = the command is too long, or an argument has a byte 0
exec-refused = not run: { $why }

## Experiments

lab-scenes = Scenes
lab-scene-of = Scene { $number } of { $of }:
lab-answer = Answer
lab-more = To read and to type
lab-all = All experiments
lab-varied-by = It can be varied by { $flags }.
lab-wrote = The programs wrote:
lab-ask = Your prediction, 1 to { $count } (Enter skips the question):
lab-bytes =
    { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
lab-line = line { $line } ({ $time })
lab-time = { $time }
lab-evidence = shown by: { $evidence } ms
lab-right = You predicted “{ $predicted }” — and so it was.
lab-wrong = You predicted “{ $predicted }”; what happened: “{ $outcome }”
lab-no-outcome = You predicted “{ $predicted }”; here it could not be seen what happens.
lab-came-true = Of the predictions this one came true: “{ $outcome }”
lab-counts = { $holds } as expected, { $differs } otherwise, { $unknown } not known
lab-row-right = · predicted
lab-row-wrong = · predicted otherwise
lab-step = { $operation }: { $cause }
lab-setting-refused = the kernel refused { $setting }: { $cause }
lab-unseen-packets = Not known here: packets cannot be captured on this machine.
lab-unseen-network = Not known here: there is no private network on this machine, so other programs share its counters.
lab-unseen-not-reached = Not known here: the programs did not get so far.
lab-no-experiment = there is no experiment of exercise { $exercise } yet
lab-no-knob = { $flag } varies nothing in exercise { $exercise }
lab-no-option = '{ $option }' is no prediction of exercise { $exercise }
lab-not-recorded = the scene { $scene } could not be recorded: { $cause }

## socklab

help-socklab = A laboratory for the sockets API
    .details =
        Run the servers and clients of the sockets practical, and see what the system does with them.

        Times take ms, s, m or h and may have a fraction; a bare number is in seconds. Sizes take k or M, powers of 1024.

        Exit codes: 0 done; 1 the network said no (refused, reset, unreachable, closed early); 2 wrong usage or an error on this machine; 3 silence within the time limit; 4 damaged (truncated, short); 5 denied; 130 and 143 ended by a signal.
    .examples =
        socklab echo
        socklab ask udp
        socklab ask tcp localhost:3500 'Hello!'
        socklab sockets --port 3500
help-global-lang = Speak this language, en or es (default: SOCKLAB_LANG, else the locale, else en)
    .value = en|es
help-global-json = Write events to standard output, one JSON object per line
help-global-quiet = Tell errors only
help-global-verbose = Tell more: each call, what it was asked for and what it took
help-global-color = Use colours (default auto: on a terminal, unless NO_COLOR is set)
    .value = auto|always|never
help-global-help = Show help: a summary with -h, all of it with --help
help-global-version = Show the version

## socklab echo

help-echo = Run the practical's echo servers
    .details =
        Send back to each client what it sends, over UDP and TCP and over IPv4 and IPv6 at once. Other machines can reach the servers only with --bind or --any.
    .examples =
        socklab echo
        socklab echo udp --buffer 4
        socklab echo tcp --backlog 1 --pause accept=10s
        socklab echo --any --allow 192.168.0.0/16
help-echo-transport = Serve this transport only, udp or tcp (default both)
    .value = udp|tcp
help-echo-bind = Listen on this address; its port, if it has one, wins over --port (default localhost; can be repeated)
    .value = HOST[:PORT]
help-echo-port = Listen on this port; with 0 the kernel chooses one (default 3500)
    .value = PORT
help-echo-any = Listen on every address of this machine
help-echo-ipv4 = Use IPv4 only (default both)
help-echo-ipv6 = Use IPv6 only (default both)
help-echo-allow = Serve only the clients that this address, network or file names (default everyone; can be repeated)
    .value = RULE
help-echo-deny = Do not serve the clients that this address, network or file names (default none; can be repeated)
    .value = RULE
help-echo-allow-file = Like --allow, with a file of one rule per line; SIGHUP reads it again (can be repeated)
    .value = FILE
help-echo-deny-file = Like --deny, with a file of one rule per line; SIGHUP reads it again (can be repeated)
    .value = FILE
help-echo-max-conns = Keep at most this many TCP connections open (default as many as file descriptors allow)
    .value = N
help-echo-idle-timeout = Close a TCP connection that stays idle this long (default never)
    .value = TIME
help-echo-backlog = Ask listen() for a queue of this length; the practical's script asks for 5 (default 4096)
    .value = N
help-echo-buffer = Receive into a buffer of this size, and cut datagrams that are longer; the practical's script takes 1024 (default 65535)
    .value = SIZE
help-echo-recv-size = Ask each recv() for this much, and show what each call took (default as --buffer, or 64k over TCP)
    .value = SIZE
help-echo-send-size = Give each send() at most this much over TCP, and show what each call took (default all there is)
    .value = SIZE
help-echo-sndbuf = Ask for a send buffer of this size, SO_SNDBUF (default the kernel's)
    .value = SIZE
help-echo-rcvbuf = Ask for a receive buffer of this size, SO_RCVBUF (default the kernel's)
    .value = SIZE
help-echo-pause = Wait before a call, as in recv=2s, or after it, as in after-recv=2s; the calls are bind, listen, accept, recv, send and close (can be repeated)
    .value = CALL=TIME
help-echo-as-taught = Behave as the practical's scripts do, faults included: one client at a time, one recv() of 1024
help-echo-workers = Share the work among this many threads (default one per processor)
    .value = N
help-echo-steer = Give each thread sockets of its own, for what its processor receives; with auto if there is a thread for each processor (default auto)
    .value = auto|on|off
help-echo-spin = Look for work for a moment before a thread sleeps; with auto as long as that pays (default auto)
    .value = auto|on|off
help-echo-stats = Tell at the end how the threads served, and why; SIGUSR1 tells it at any time

## socklab ask

help-ask = Run the practical's echo clients: send, wait, show the reply, say what happened
    .details =
        The reply goes to standard output and the verdict to standard error. The message is the argument, else --message or --file, else standard input when that is a file or a pipe and has a byte, else the practical's own. While standard input gives nothing, a line says that it is being read; Ctrl-D ends it. An argument that stands alone is the target when it has that form, and the message otherwise.
    .examples =
        socklab ask udp
        socklab ask tcp 'Hello!'
        socklab ask tcp [::1]:3500 'Hello!' --send-size 4
        socklab ask udp localhost:3500 --timeout 500ms --tries 3
        socklab ask tcp :3500 --file photo.jpg > copy.jpg
help-ask-transport = Ask over this transport, udp or tcp
    .value = udp|tcp
help-ask-target = Ask this server: HOST:PORT, [IPV6]:PORT, or :PORT on this machine (default localhost:3500)
    .value = TARGET
help-ask-text = Send this text (default 'TyR: Echo sobre UDP' or 'Hola Mundo!', as in the practical)
    .value = MESSAGE
help-ask-message = Send this text, whatever it looks like
    .value = TEXT
help-ask-file = Send the contents of this file; - is standard input
    .value = FILE
help-ask-empty = Send nothing: an empty datagram, or a connection that only closes
help-ask-timeout = Wait at most this long each time (default 2s)
    .value = TIME
help-ask-no-timeout = Wait for ever, as the practical's scripts do
help-ask-tries = Send the datagram up to this many times while nobody answers; UDP only (default 1)
    .value = N
help-ask-connect = Connect the socket before sending; UDP only
help-ask-send-size = Send at most this much with each send(), and show what each call took (default all there is)
    .value = SIZE
help-ask-recv-size = Ask each recv() for this much, and show what each call took (default as --buffer)
    .value = SIZE
help-ask-buffer = Receive into a buffer of this size, and cut datagrams that are longer; the practical's script takes 1024 (default 65535)
    .value = SIZE
help-ask-no-loop = Stop after the first send() or recv(), even if it did only a part
help-ask-no-shutdown = Do not say that the message has ended: leave out shutdown()
help-ask-count = Ask this many times, one after the other (default 1)
    .value = N
help-ask-parallel = Ask with this many clients at once (default 1)
    .value = N
help-ask-hold = Keep the connection open this long after the reply, without shutdown() (without a time, until Ctrl-C)
    .value = TIME
help-ask-source = Send from this local address (default chosen by the kernel)
    .value = ADDR[:PORT]
help-ask-sndbuf = Ask for a send buffer of this size, SO_SNDBUF (default the kernel's)
    .value = SIZE
help-ask-rcvbuf = Ask for a receive buffer of this size, SO_RCVBUF (default the kernel's)
    .value = SIZE
help-ask-pause = Wait before a call, as in recv=2s, or after it, as in after-recv=2s; the calls are connect, send, recv and close (can be repeated)
    .value = CALL=TIME
help-ask-as-taught = Behave as the practical's scripts do, faults included: one recv() of 1024, no time limit
help-ask-ipv4 = Use IPv4 only (default both)
help-ask-ipv6 = Use IPv6 only (default both)

## socklab send, socklab serve

help-send = Send texts and files on one connection, each confirmed by the hash of what arrived
    .details =
        Through a session with socklab serve: any number of texts and files, in a sealed session by --key or in a plain one without. Texts do not wait for files. A file that was cut goes on where it was cut when it is sent again, and the answer comes when it is on the receiver's disk. The exit code is 0 only when everything has arrived.

        With --how there is no session: the text and the file are sent in one of the ways that exercise 2.5.4 compares, to socklab serve with the same --how, which says what arrived; exit code 4 means that something else arrived than was sent. delimiter ends each item with a delimiter and escapes nothing; length puts a length before each item; tlv puts a type and a length before it; two-connections gives the text one connection and the file another; close sends one item behind the other and then closes.
    .examples =
        socklab send --text hola --file photo.jpg
        socklab send --key ana.key example.org:3500 --file a.iso --file b.iso
        socklab send --how tlv --text hola --file photo.jpg
        socklab send --how close --text hola --file photo.jpg --between 200ms
help-send-target = Send to this receiver: HOST:PORT, [IPV6]:PORT, or :PORT on this machine (default localhost:3500)
    .value = TARGET
help-send-text = Send this text; in a session - is each line of standard input (can be repeated)
    .value = TEXT
help-send-file = Send this file; with --how - is standard input (can be repeated)
    .value = FILE
help-send-key = Open the session by the key in this file (default SOCKLAB_KEY; without one, a session without a key)
    .value = FILE
help-send-udp = Use UDP (default TCP)
help-send-how = Send in this way, without a session: delimiter, length, tlv, two-connections or close
    .value = WAY
help-send-delimiter = End each item with these bytes (default '\n--FIN--\n')
    .value = BYTES
help-send-between = With --how, wait this long between one item and the next (default not at all)
    .value = TIME
help-send-timeout = Wait at most this long for the session to open, or with --how each time (default 10s)
    .value = TIME
help-send-ipv4 = Use IPv4 only (default both)
help-send-ipv6 = Use IPv6 only (default both)

help-serve = Serve messages: texts, files, rooms, a stop and commands on request, each only for those who may
    .details =
        Over TCP and UDP on one port. Who may do what is in a list of keys, made by socklab key new; sessions without a key exist only with --plain, for texts, files and rooms, and a packet capture shows their bytes. Files land in the inbox under safe names, whole and on disk, and never over another file. Commands run as this user, without a shell unless the key has it, and end with all their processes. SIGHUP reads the keys and rules again, SIGUSR1 shows the counts, and the first SIGTERM finishes what is in hand.

        With --how there is no session: texts and files are received over TCP in one of the ways that exercise 2.5.4 compares, shown with their lengths and hashes, and not kept; docs/ways.md says what each way can know and when it breaks. Other machines can reach the server only with --bind or --any.
    .examples =
        socklab serve --plain
        socklab serve --keys socklab.keys --inbox received --any
        socklab serve --how tlv
        socklab serve --how length --as-taught
help-serve-bind = Listen on this address; its port, if it has one, wins over --port (default localhost; can be repeated)
    .value = HOST[:PORT]
help-serve-port = Listen on this port; with 0 the kernel chooses one (default 3500)
    .value = PORT
help-serve-any = Listen on every address of this machine
help-serve-ipv4 = Use IPv4 only (default both)
help-serve-ipv6 = Use IPv6 only (default both)
help-serve-how = Receive in this way, without sessions: delimiter, length, tlv, two-connections or close
    .value = WAY
help-serve-delimiter = Expect these bytes behind each item (default '\n--FIN--\n')
    .value = BYTES
help-serve-as-taught = With --how, receive as beginners do: one recv() of 1024 for the text and one for the file
help-serve-keys = Serve whoever has a key of this list; SIGHUP reads it again
    .value = FILE
help-serve-plain = Serve sessions without a key, for texts, files and rooms
help-serve-inbox = Let files land in this directory, which is made if need be (default inbox)
    .value = DIR
help-serve-no-inbox = Take no files
help-serve-max-file = Take no file larger than this (default 16G)
    .value = SIZE
help-serve-max-inbox = Take no more than this in all (default 64G)
    .value = SIZE
help-serve-sessions = Serve at most this many sessions at once (default 256)
    .value = N
help-serve-drain = Wait at most this long for what is in hand, when told to stop (default 30s)
    .value = TIME
help-serve-exec-dir = Run commands in this directory (default the home directory)
    .value = DIR
help-serve-exec-time = Let a command run at most this long (default 10m)
    .value = TIME
help-serve-exec-output = Let a command write at most this much (default 64M)
    .value = SIZE
help-serve-allow = Serve only the clients that this address, network or file names (default everyone; can be repeated)
    .value = RULE
help-serve-deny = Do not serve the clients that this address, network or file names (default none; can be repeated)
    .value = RULE
help-serve-allow-file = Like --allow, with a file of one rule per line; SIGHUP reads it again (can be repeated)
    .value = FILE
help-serve-deny-file = Like --deny, with a file of one rule per line; SIGHUP reads it again (can be repeated)
    .value = FILE

## socklab chat

help-chat = Talk in lines with anybody who has a socket: netcat, a program of your own, another socklab
    .details =
        What is typed is sent as it is, a line at a time, and nothing else: no names, no greeting. Over UDP each line is a datagram. What others say goes to standard output at once, also while a line is being typed; who comes and goes, to standard error. At a terminal a line can be edited, the arrow keys bring back earlier ones, and what comes from outside is shown so that it cannot speak to the terminal. From a pipe or a file all is sent, then TCP's stream is ended and the peer read to its end, and over UDP the last replies are waited for.

        Whoever listens has up to 64 peers. What one of them says goes to the others with its address before it; over UDP, whoever sends is a peer. With more than one peer, what is typed goes out with --name before it, if that is given. A peer that does not read is dropped, and one that says too much is slowed down.

        With --turns the two alternate, as the practical's programs do that call input() and then recv(): while one waits, what it types is not read, and while it types, nothing is heard. A message is then what one recv() brings, and is sent without an end of line.

        Exit codes: 0 also when the peer ended the talk; 3 when nobody answered a pipe over UDP; 4 when a line of a pipe was not sent.
    .examples =
        socklab chat tcp --listen
        socklab chat tcp localhost:3500
        socklab chat udp :3500 --listen --name ana --times
        socklab chat udp --turns
help-chat-transport = Talk over this transport, udp or tcp
    .value = udp|tcp
help-chat-target = Talk with this peer, or with --listen wait here: HOST:PORT, [IPV6]:PORT, or :PORT on this machine (default localhost:3500)
    .value = TARGET
help-chat-listen = Wait for peers; with port 0 the kernel chooses one
help-chat-any = Listen on every address of this machine
help-chat-once = Let one peer in, and end when it has left
help-chat-no-relay = Keep what one peer says from the others
help-chat-turns = Take turns, a message each, as input() and recv() make it
help-chat-name = Be called this, before the line that is edited, and before what is said to several peers (default no name)
    .value = NAME
help-chat-room = Talk in this room of a message server (socklab serve) instead, under the name of --name
    .value = ROOM
help-chat-key = With --room, open the session by the key in this file (default SOCKLAB_KEY; without one, a session without a key)
    .value = FILE
help-chat-times = Show the time of day before each line
help-chat-raw = Write what others say byte for byte, also to a terminal (default into a file or a pipe, when there is only one peer)
help-chat-line-end = End each line that is sent with this, lf, crlf or none (default lf, and none with --turns)
    .value = lf|crlf|none
help-chat-buffer = Receive into a buffer of this size, and cut datagrams that are longer; the practical's script takes 1024 (default 65535)
    .value = SIZE
help-chat-reply-timeout = Wait this long for the handshake, and for the last replies to a pipe over UDP (default 2s); with --turns, for each message (default for ever)
    .value = TIME
help-chat-idle-timeout = Count a peer as gone that says nothing for this long (default 10m for the peers of whoever listens over UDP, else never)
    .value = TIME
help-chat-allow = Let in only who this address, network or file names (default everyone; can be repeated)
    .value = RULE
help-chat-deny = Do not let in who this address, network or file names (default none; can be repeated)
    .value = RULE
help-chat-allow-file = Like --allow, with a file of one rule per line (can be repeated)
    .value = FILE
help-chat-deny-file = Like --deny, with a file of one rule per line (can be repeated)
    .value = FILE
help-chat-ipv4 = Use IPv4 only (default both)
help-chat-ipv6 = Use IPv6 only (default both)

## socklab sockets

help-sockets = Show who listens and who is connected: states, queues, processes
    .details =
        Show what netstat and ps show together: first the sockets that wait for clients, then the rest by local port. Without root, the processes of other users stay hidden, and a last line says how many sockets are theirs. When no socket fits, a line says so; that is no error, and the exit code is 0.

        State: a TCP state, or CONNECTED or UNCONNECTED for UDP. Recv-Q: bytes that have come and recv() has not taken; UDP counts the kernel's overhead too. For LISTEN it is the connections that wait for accept() and the limit given to listen(), as in 0/5; Linux lets limit + 1 in, and ! marks a queue that is full. Send-Q: bytes sent and not acknowledged yet. Drops: datagrams, or connection attempts for LISTEN, that found no room. User: who created the socket.

        With --watch on a terminal, the table is drawn again in place: + marks a new socket, ~ one that changed and - one that is gone. Into a file or a pipe, each change is a line.
    .examples =
        socklab sockets
        socklab sockets --listening
        socklab sockets --port 3500 --watch
        socklab sockets --tcp --state established --name python
help-sockets-port = Show the sockets with this port at either end
    .value = PORT
help-sockets-pid = Show the sockets of this process
    .value = PID
help-sockets-name = Show the sockets of the processes whose name or command line contains this text
    .value = NAME
help-sockets-state = Show the sockets in this state, such as listen, established or time-wait (default all; can be repeated)
    .value = STATE
help-sockets-tcp = Show TCP sockets only (default both)
help-sockets-udp = Show UDP sockets only (default both)
help-sockets-listening = Show only the sockets that wait for clients
help-sockets-watch = Look again and again, at this pace, and mark what changes (without a time, 1s)
    .value = TIME
help-sockets-ipv4 = Show IPv4 only (default both)
help-sockets-ipv6 = Show IPv6 only (default both)

## socklab trace, replay

help-trace = Run programs and show their calls, packets and sockets on one timeline
    .details =
        Without root, and for programs in any language: the programs get a private network in which nobody else is, and each call that they make on a socket, each packet between them and each change of a queue is a line, by time. Level A is all of that; B is calls, sockets and the packets of this machine's network; C is calls and sockets. The first line says which level it is.

        Each line has a time in milliseconds since the first call, a program, and what happened. A call in which a program stands still has a line where it begins and one where it returns, if something happens in between. An arrow is a packet, from who sent it to whom it goes; seq and ack count from the beginning of the connection. The state of a socket is shown when it changes. In square brackets stands how well a time is known, where that is not exactly. With Python programs, the line of the source stands beside each call.

        Programs keep their standard input and output; the timeline goes to standard error. With --json, events go to standard output and what the programs write goes to standard error. The exit status is that of the last program, or 128 and the signal that ended it; 2 if something could not be started or written.

        Several programs stand one after the other, each behind its name: --as NAME --, or --as NAME --after WHEN --. The next one starts when the one before it listens or has bound a UDP socket (WHEN listening), when that has ended (ended), or so long after the beginning (a time; 0s is at once).

        Being watched takes time: a few microseconds for each call on a socket, nothing for the other ones. By default the programs share one CPU with the tracer, which makes that small and the order of lines certain; --cpus all gives them all of them, and what goes wrong only when two programs run at the same time shows there.
    .examples =
        socklab trace -- python3 client.py
        socklab trace --as server -- python3 server.py --as client -- python3 client.py
        socklab trace --output run.jsonl --as a -- ./server --as b --after 1s -- ./client 127.0.0.1
        socklab replay run.jsonl
help-trace-as = Call the program so (default the name of its script or of its file; for each further program, before its command)
    .value = NAME
help-trace-after = Start the program so long after the beginning; for each further program also listening or ended (default at once; further ones when the one before listens)
    .value = WHEN
help-trace-output = Write the recording into this file, for socklab replay
    .value = FILE
help-trace-pcapng = Write packets and calls into this file for Wireshark: at the end, into a pipe as it happens; - is standard output
    .value = FILE
help-trace-html = Write the recording as a page for a browser, which needs nothing but itself; - is standard output
    .value = FILE
help-trace-perfetto = Write the recording as a trace for ui.perfetto.dev; - is standard output
    .value = FILE
help-trace-script = Write the recording as a script, to be compared with others; - is standard output
    .value = FILE
help-trace-pid = Watch this process, which runs already (can be repeated)
    .value = PID
help-trace-join = Give the programs the private network of another recording (without a number, of the only one there is)
    .value = PID
help-trace-net = Give the programs a private network, or that of this machine: private, machine (default private; with --pid machine)
    .value = NET
help-trace-mtu = Send no larger packets through the private network, in bytes (default 1500)
    .value = BYTES
help-trace-snap = Keep this much of each packet; 0 is all (default 2048)
    .value = SIZE
help-trace-strings = Keep this much of the data of each call (default 256)
    .value = SIZE
help-trace-cpus = Let the programs run on one CPU or on all: one, all (default one)
    .value = CPUS
help-trace-tui = Show the recording on the whole screen, while it is made
help-trace-no-lines = Do not look for the lines of Python sources
help-trace-no-io-uring = Tell programs that there is no io_uring, so that they make calls instead
help-trace-all = Show look-ups of names, what the language does for itself, processes without sockets, and every look at a socket
help-trace-for = End the programs after this long
    .value = TIME
help-trace-keep = Let servers go on when the last program has ended
help-trace-command = Run this command, with its arguments
    .value = COMMAND

help-replay = Show a recording of socklab trace again
    .details =
        A recording that was cut, because the disk was full or the tracer was ended, is shown as far as it goes. With --json, the events of the recording are written again, with what is found in them.
    .examples =
        socklab replay run.jsonl
        socklab replay --all run.jsonl
        socklab replay --json run.jsonl
help-replay-file = Read this file; - is standard input
    .value = FILE
help-replay-pcapng = Write packets and calls into this file for Wireshark; - is standard output
    .value = FILE
help-replay-html = Write the recording as a page for a browser, which needs nothing but itself; - is standard output
    .value = FILE
help-replay-perfetto = Write the recording as a trace for ui.perfetto.dev; - is standard output
    .value = FILE
help-replay-script = Write the recording as a script, to be compared with others; - is standard output
    .value = FILE
help-replay-tui = Show the recording on the whole screen
help-replay-expect = Compare the recording with this script, and exit with 4 if it is another
    .value = FILE
help-replay-all = Show look-ups of names, what the language does for itself, processes without sockets, and every look at a socket

## socklab dissector

help-dissector = Write a dissector, with which Wireshark and tshark show socklab's messages
    .examples =
        socklab dissector --install
        socklab dissector > socklab.lua; tshark -X lua_script:socklab.lua -i lo -Y socklab
    .details =
        It decodes TCP and UDP on port 3500, and on other ports the sessions whose beginning was captured. A sealed session shows how it opens and how many bytes go which way; what they say is not in the capture.

        Display filters begin with "socklab", as in socklab.kind == "RESULT".
help-dissector-install = Write it where Wireshark looks for your plugins, ~/.local/lib/wireshark/plugins (default: to standard output)

## socklab extcap

extcap-interface = Socket lab: calls and packets of a command
extcap-command = Command
extcap-command-tip = What to run and watch, as for a shell
extcap-server = Server
extcap-server-tip = What to run before; the command starts when it listens
extcap-installed = installed: { $path }
hint-extcap = Wireshark before 4.2 looks elsewhere: set WIRESHARK_EXTCAP_DIR to a directory with a script of this line: exec socklab extcap "$@"
help-extcap = Capture the packets and calls of a command from inside Wireshark
    .examples =
        socklab extcap --install
        socklab trace -w - -- python3 client.py | wireshark -k -i -
    .details =
        Wireshark lists the interface "Socket lab" and asks for a command in its dialog. The command runs in a private network, as with socklab trace; its calls stand between the packets, as entries of the journal.

        The other flags are those that Wireshark gives by itself.
help-extcap-install = Make Wireshark 4.2 or later find it: write a script into ~/.local/lib/wireshark/extcap
help-extcap-extcap-interfaces = List the interfaces (Wireshark asks so)
help-extcap-extcap-version = Say which Wireshark asks
    .value = VERSION
help-extcap-extcap-interface = Say which interface is meant
    .value = NAME
help-extcap-extcap-dlts = Say what the interface gives
help-extcap-extcap-config = Say what may be set
help-extcap-extcap-capture-filter = Take no notice of this filter: use a display filter
    .value = FILTER
help-extcap-capture = Capture into --fifo
help-extcap-fifo = Write the packets and calls there
    .value = FILE
help-extcap-server = Run this first, as a command of the shell
    .value = COMMAND
help-extcap-command = Run and watch this, as a command of the shell
    .value = COMMAND

## socklab key

help-key = Make keys for the message server, and show what there is to know of them
    .details =
        A key is a secret that a client and a server share, with a name and with what its holder may do. A client has a file with its key, a server a list with a line for each. Both are refused when others may read them. A secret is never shown.
    .examples =
        socklab key new ana
        socklab key show socklab.keys
help-key-new = Make a key: a file for the client, and a line in the server's list
    .examples =
        socklab key new ana
        socklab key new eva --may text,file,chat,stop
        socklab key new ops --may exec --commands uptime,/bin/date
help-key-new-name = Call the key by this name
    .value = NAME
help-key-new-may = Let its holder do this, one or more of text, file, chat, stop and exec (default text,file,chat)
    .value = GRANTS
help-key-new-commands = Let its holder run these commands, by just these names; * is any command (default none)
    .value = COMMANDS
help-key-new-shell = Let its holder run any line of a shell
help-key-new-file = Write the client's file here; it must not exist (default NAME.key)
    .value = FILE
help-key-new-keys = Add a line to this list of the server, which is made if it does not exist (default socklab.keys)
    .value = FILE
help-key-show = Show the keys in a file: names, ids and what each may do, never a secret
    .examples =
        socklab key show socklab.keys
        socklab key show ana.key
help-key-show-file = Show this file, a client's or a server's
    .value = FILE

## socklab completions, man, help

help-completions = Write a script that completes socklab's commands in a shell
    .examples =
        socklab completions bash > ~/.local/share/bash-completion/completions/socklab
        socklab completions zsh > ~/.zfunc/_socklab
        socklab completions fish > ~/.config/fish/completions/socklab.fish
help-completions-shell = Write it for this shell: bash, zsh or fish
    .value = SHELL
help-man = Write the manual pages
    .examples =
        socklab man | man -l -
        socklab man --dir ~/.local/share/man/man1
help-man-dir = Write one page for each command into this directory (default: the main page, to standard output)
    .value = DIR
help-help = Show the help of a command
help-help-command = Show the help of this command (default all of them)
    .value = COMMAND

## socklab stop

help-stop = Stop a message server, when it has finished what it has in hand
    .details =
        The server takes nothing new from then on; this command ends when the server has finished. It needs a key with the grant stop.
    .examples =
        socklab stop --key ana.key
        socklab stop --key ana.key --udp example.org:3500
help-stop-target = Stop this server: HOST:PORT, [IPV6]:PORT, or :PORT on this machine (default localhost:3500)
    .value = TARGET
help-stop-key = Open the session by the key in this file (default SOCKLAB_KEY; without one, a session without a key)
    .value = FILE
help-stop-udp = Use UDP (default TCP)
help-stop-timeout = Wait at most this long for the session to open (default 10s)
    .value = TIME
help-stop-ipv4 = Use IPv4 only (default both)
help-stop-ipv6 = Use IPv6 only (default both)

## socklab exec

help-exec = Run a command on a message server, with its input and output here
    .details =
        The command's standard output and standard error come out here as they are written, apart. The exit status is the command's own, or 128 and the signal that ended it; 127 if the command is not there and 126 if it cannot be started; 5 if the server denies it; 255 if anything else went wrong on this side or on the way. When this command ends, whatever it started there ends too. It needs a key with the grant exec, and the command in the key's list.
    .examples =
        socklab exec --key ana.key -- uptime
        socklab exec --key ana.key --shell -- 'ls -l | wc -l'
        tar c . | socklab exec --key ana.key example.org:3500 -- tar x
help-exec-target = Run it on this server: HOST:PORT, [IPV6]:PORT, or :PORT on this machine (default localhost:3500)
    .value = TARGET
help-exec-key = Open the session by the key in this file (default SOCKLAB_KEY; without one, a session without a key)
    .value = FILE
help-exec-udp = Use UDP (default TCP)
help-exec-shell = Give the command to /bin/sh -c as one line; the key needs the word shell
help-exec-no-input = Give the command no input, and leave standard input alone
help-exec-time-limit = End the command after this long (default as the server limits it)
    .value = TIME
help-exec-output-limit = End the command when it has written this much (default as the server limits it)
    .value = SIZE
help-exec-timeout = Wait at most this long for the session to open (default 10s)
    .value = TIME
help-exec-ipv4 = Use IPv4 only (default both)
help-exec-ipv6 = Use IPv6 only (default both)
help-exec-command = Run this command, with its arguments
    .value = COMMAND

## A recording on the whole screen (--tui)

tui-nothing-yet = Nothing has happened yet.
tui-no-match = No line passes the filter. Esc shows all of them.
tui-no-details = Of this line nothing more is known.
tui-no-sockets = No socket is open at this moment.
tui-no-output = The programs have written nothing.
tui-findings-later = They are looked for when the recording has ended: only then is it known who waits for ever.
tui-sockets = Sockets at this moment
tui-column-socket = Socket
tui-output = What the programs wrote
tui-output-live = What the programs write; what you type here is for them (Tab leaves)
tui-live = recording
tui-follows = recording, following the end
tui-paused = { $count ->
    [one] paused, 1 new line
   *[other] paused, { $count } new lines
}
tui-left-out = { $count ->
    [one] the first entry is left out
   *[other] the first { $count } entries are left out
}
tui-keys = Tab panes · / filter · ? keys · q quit
tui-filter-help = text @process :kind (call, packet, socket, process, counter, tracepoint, note); Enter keeps it, Esc does not
tui-kind-call = call
tui-kind-packet = packet
tui-kind-socket = socket
tui-kind-process = process
tui-kind-counter = counter
tui-kind-kernel = tracepoint
tui-kind-note = note
tui-help =
    ↑ ↓ k j         previous or next line
    PgUp PgDn       a page up or down
    Home End g G    first or last line
    Tab Shift-Tab   next or previous pane
    Enter           the details; of a finding, its evidence
    /               filter: text @process :kind
    Esc             back to the lines; there, all lines again
    Space           pause; the recording goes on
    q Ctrl-C        quit; a recording ends with it

    Any key closes this.
tui-no-terminal = --tui needs a terminal: standard output is none
tui-stdout-taken = --tui takes the terminal, and standard output has something else
hint-tui = leave --tui out, or write into files

## The page of a recording (HTML)

page-noscript = This page draws a recording with a script that it brings along. The browser does not run it: allow scripts for this file.
page-timeline = Timeline
page-wire = the network
page-wire-about = packets, counters, the kernel
page-findings = Findings
page-no-findings = Nothing was found that its authors should know.
page-why = Why
page-todo = What to do
page-evidence = Evidence
page-evidence-mark = evidence
page-elsewhere = not on this page
page-details = Details
page-no-details = Choose an event to see all that is known of it.
page-close = Close
page-certainty = Certainty
page-exact = exact
page-since = between { $time } and this time: looked at from time to time
page-observation = Observation
page-socket-then = The socket as it was told last before
page-go-there = Go there
page-payload = from the mark on: what the program sent
page-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
page-bytes-of = Bytes ({ $kept } of { $whole })
page-filter = Filter
page-search = Search in the texts
page-processes = Lanes
page-sockets = Socket
page-all-sockets = all sockets
page-kinds = Kinds
page-kind-call = calls
page-kind-packet = packets
page-kind-socket = states of sockets
page-kind-counter = counters
page-kind-kernel = tracepoints
page-kind-process = processes
page-kind-note = notes
page-everything = also the language's own, name look-ups and unchanged states
page-shown = { $shown } of { $all } events
page-show-all = Show all
page-recorded = Recorded
page-theme = Light or dark
page-keys = Keys
page-key-move = previous or next event
page-key-enter = its details
page-key-ends = first or last event
page-key-filter = search
page-key-finding = next or previous finding
page-key-close = close, or leave the search
page-key-keys = these keys
page-printed = Printed are the first { $printed } of { $all } rows. Filter before printing to choose others.

page-fact-seen = Seen
page-fact-lines = Lines
page-fact-processors = Processors
page-fact-network = Network
page-fact-recorded-on = Recorded on
page-fact-recorded-by = Recorded by
page-fact-counts = In all
page-fact-missing = Missing
page-fact-end = End
page-mtu = private; packets of up to { $bytes } bytes (MTU)
page-counts = calls: { $calls } · packets, each direction counted: { $packets }
page-folded = { $count ->
    [one] { $count } process without sockets has no lane
   *[other] { $count } processes without sockets have no lane
}
page-left-out = { $count ->
    [one] the last event is left out: the page is full
   *[other] the last { $count } events are left out: the page is full
}

page-pending = it had not returned when the recording ended
page-owner-listener = { $name } · { $address } (its listener: not accepted yet)
page-owner-unknown = { $address } (nobody who is watched)
page-socket-unheld = no descriptor
page-recv-queue = Recv-Q { $bytes }
page-send-queue = Send-Q { $bytes }
page-drops = drops { $count }

page-label-process = Process
page-label-thread = Thread
page-label-socket = Socket
page-label-outcome = Outcome
page-label-began = Time
page-label-ended = Ended
page-label-took = Took
page-label-source = Source line
page-label-from = From
page-label-to = To
page-label-departed = Left
page-label-arrived = Arrived
page-label-on-the-way = On the way
page-label-length = Length
page-label-data = Data
page-label-interface = Interface
page-label-protocol = Protocol
page-label-numbers = Numbers
page-label-window = Window
page-label-options = Options
page-label-hops = Hops left
page-label-fragment = Fragment
page-label-about = About
page-label-state = State
page-label-local = Own address
page-label-peer = Peer
page-label-recv-queue = Recv-Q
page-label-send-queue = Send-Q
page-label-waiting = Accept queue
page-label-drops = Drops
page-label-buffers = Buffers
page-label-shared = Shared
page-label-command = Command line

trace-step = { $operation }: { $cause }
trace-no-private-network = no private network: { $why }
trace-no-packets = no packets: { $why }
trace-nothing-to-join = no recording with a private network runs now
trace-several-to-join = several recordings run now: processes { $pids }
trace-already-traced = process { $pid } has a tracer already: process { $tracer }
trace-unknown-machine = programs cannot be traced on this kind of machine: the numbers of its system calls are not known
hint-trace-join = start one in another terminal: socklab trace -- COMMAND
hint-trace-join-one = say which one: --join=PID
hint-trace-execute = check the spelling; a script needs execute permission and a first line as in #!/usr/bin/env python3, or its interpreter before it
hint-trace-attach = processes of other users take root; for one's own the sysctl { $sysctl } may take root, too
hint-trace-one-tracer = a process has one tracer: end strace, gdb or the other socklab first
hint-trace-cpus = try --cpus all
hint-trace-packets = packets take a private network, or CAP_NET_RAW: run it by sudo; socklab doctor tells what this machine allows

## socklab doctor, what it shows

doctor-fine = yes
doctor-limited = partly
doctor-missing = no
doctor-calls = calls of programs
doctor-private-network = a private network
doctor-packets-here = packets of this machine's network
doctor-descriptors = sockets, by descriptor
doctor-socket-lists = sockets that no program has
doctor-counters = counters of the network
doctor-python-lines = lines of Python sources
doctor-running-processes = programs that run already (--pid)
doctor-kernel-events = what the kernel drops, and why
doctor-io-uring = calls instead of io_uring
doctor-traced = process { $tracer } traces socklab, and a process has one tracer
doctor-yama-started = Yama lets a program trace only what it has started
doctor-yama-root = Yama lets only root trace
doctor-yama-nobody = Yama lets nobody trace
doctor-apparmor = AppArmor takes the privileges of user namespaces away ({ $failure })
doctor-turned-off = { $sysctl } is 0
doctor-used-up = as many namespaces are in use as there may be
doctor-container = the container forbids it ({ $failure })
doctor-unprivileged = it takes CAP_{ $capability }
doctor-not-root = only root is told
doctor-no-tracefs = tracefs is not mounted
doctor-no-python = there is no python3
doctor-old-python = Python { $version } is too old
doctor-no-hook = python3 does not run what socklab gives it in PYTHONPATH
doctor-python-stack = read from the stack of Python { $version }
doctor-python-hook = Python { $version } tells them by a hook, which makes it slower
doctor-old-kernel = this kernel has no { $call }
doctor-io-uring-allowed = what programs leave to io_uring is not seen
doctor-silent = it was tried, and nothing came of it
doctor-no-level = no level: without calls, nothing can be recorded
doctor-and-kernel-events = { $level }; and what the kernel drops
doctor-to-have = To have { $condition }:
doctor-do-root = run it as root: { $command }
doctor-do-set = change the setting, until the machine starts again: { $command }
doctor-do-set-at-start = change the setting, and start the machine again: { $command }
doctor-do-profile = have AppArmor grant it to socklab: { $command }
doctor-do-capabilities = start the container with more privileges: { $command }
doctor-do-without-filter = start the container without its filter of calls: { $command }
doctor-do-outside = run it outside the container
doctor-do-end-tracer = end process { $tracer }, or run socklab without it
doctor-do-start = have socklab start the program: { $command }
doctor-do-mount = mount it: { $command }
doctor-do-python = install Python 3.8 or later: { $command }
doctor-do-kernel = run Linux 5.6 or later
doctor-do-no-io-uring = tell programs that there is none: { $command }

## socklab lab

help-lab = Make the exercises of the practical happen, and show what they teach
    .details =
        Each experiment runs its programs in a network of their own, records them, and answers with what was seen in this run: no figure is told that was not measured. What this kernel does otherwise is said, too.
    .examples =
        socklab lab list
        socklab lab run 1.3
        socklab lab run all --yes
help-lab-list = List the experiments
    .examples = socklab lab list
help-lab-show = Show what an experiment asks, and how it can be varied
    .examples = socklab lab show 2.5.1
help-lab-show-exercise = Show this exercise of the practical
    .value = EXERCISE
help-lab-run = Run experiments: predict, look at the timeline, and compare with the answer
    .details =
        Exits with 0 when every scene was recorded, whatever was predicted and whatever this kernel did otherwise; with 4 when one could not be.
    .examples =
        socklab lab run 1.4 --pause 2s --report out
        socklab lab run 2.5.1 --backlog 5 --clients 8
        socklab lab run all --yes --report out
help-lab-run-exercise = Run these exercises of the practical, or all of them (can be repeated)
    .value = EXERCISE|all
help-lab-run-yes = Do not ask for predictions (default: ask at a terminal)
help-lab-run-all = Show what the languages do for themselves and every look at a socket, too
help-lab-run-predict = Predict this; 'socklab lab show --json' has the names (default: ask at a terminal)
    .value = OPTION
help-lab-run-report = Write what was recorded into this directory, for each scene a .pcapng for Wireshark and a .jsonl (default none)
    .value = DIR
help-lab-run-backlog = Ask for an accept queue of this length (default: the practical's)
    .value = N
help-lab-run-clients = Let so many clients come (default: the practical's)
    .value = N
help-lab-run-message-size = Send messages of this size (default: the practical's)
    .value = SIZE
help-lab-run-buffer = Receive at most so many bytes at once (default: the practical's)
    .value = SIZE
help-lab-run-pause = Pause for so long where the experiment pauses (default: as long as it takes to see it)
    .value = TIME
help-lab-run-mtu = Let no packet be larger than so many bytes (default 1500)
    .value = BYTES
help-lab-run-sysctl = Set a setting of the private network's kernel (default none; can be repeated)
    .value = NAME=VALUE

## socklab doctor

help-doctor = Test what socklab trace can see on this machine, and say what would let it see more
    .details =
        Each thing that a recording needs is really tried, as this user, and nothing of the machine is changed. A line says whether it is there (+ yes, ~ partly, - no) and why not; then comes the level that a recording reaches: A is calls, sockets and the packets of a private network; B is calls, sockets and the packets of this machine's network; C is calls and sockets. Below stands what would make it better, with the commands that do it: of several, one is enough.

        The exit code is 0 for the levels A and B, 5 for C, where packets are kept from this user, and 2 where nothing can be recorded.
    .examples =
        socklab doctor
        sudo socklab doctor
        socklab doctor --json
help-doctor-apparmor-profile = Write a profile with which AppArmor lets this program make user namespaces

## socklab check, what it tells

check-state-pass = pass
check-state-fail = fail
check-state-warn = warning
check-state-skip = skipped
check-state-error = could not tell
check-state-unstable = unstable
check-severity-robust = robust
check-severity-advice = advice
check-verdict-pass = { $exercise }: pass. { $passed } of { $of } requirements are met
check-verdict-fail = { $exercise }: fail. { $passed } of { $of } requirements are met
check-verdict-error = { $exercise }: could not judge. { $passed } of { $of } requirements are met
check-verdict-unstable = { $exercise }: unstable. { $passed } of { $of } requirements are met, and the same trial did not end the same twice
check-expected = expected
check-observed = observed
check-steps = steps
check-timeline = timeline
check-lines-left-out = { $lines ->
        [one] 1 line before these is left out
       *[other] { $lines } lines before these are left out
    }
check-counters = the kernel counted
check-waits = at the end, { $role } waited in
check-wrote = { $role } wrote
check-source = { $role } made its last calls at
check-knowledge = what there is to know
check-cause = probable cause
check-experiment = see it happen: { $command }
check-part = bytes { $from } to { $to } of { $total }
check-other-trial = the other trial passed, so the program, or the machine, is not the same each time
check-why-needs = needs { $id }, which did not pass
check-why-overloaded = the machine was too busy to tell
check-why-ptrace = this machine does not let socklab shorten the program's sends (ptrace)
check-why-networks = this machine does not let socklab make networks of its own
check-why-undeclared = the manifest has to say { $field }
check-why-io-uring = the program makes its calls through io_uring, where nobody can see them
check-why-not-executed = { $file } could not be run: { $cause }
check-why-broken = the checker could not do its work: { $cause }
role-server = the server
role-client = the client
told-nothing = nothing
told-bytes = { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }: { $text }
told-written = written: { $text }
told-file = the file { $name }, { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }, SHA-256 { $sha256 }
told-ready = a socket that waits at { $address } ({ $transport })
told-from = an answer from { $address }
told-exited = it ends with { $status }
told-signalled = signal { $signal } ends it
told-running = it runs
told-connected = a connection
told-refused = a refusal
told-closed = the end of the stream
told-reset = the connection broken off (RST)
told-blocked = it waits in { $call }
told-at-least = { $count } or more
told-at-most = { $count } or less
told-percent = { $percent } % of a processor
told-something = any bytes
step-start = { $role } is started
step-ready = { $role } waits at { $address } ({ $transport })
step-listen = we wait at { $address } ({ $transport })
step-connect = peer { $peer }, { $from } to { $to }: { $outcome }
step-accept = peer { $peer }: the connection from { $from }
step-send = peer { $peer } sends { $bytes }
step-receive = peer { $peer } receives { $got }
step-receive-from = peer { $peer } receives { $got }, from { $from }
step-silence = the program is at rest, and peer { $peer } received nothing
step-half-close = peer { $peer } ends its stream
step-reset = peer { $peer } breaks off (RST)
step-close = peer { $peer } closes
step-type = typed for { $role }: { $line }
step-end-of-input = nothing more is typed for { $role }
step-output-found = { $role } wrote what was waited for
step-output-missing = { $role } did not write what was waited for
step-clamp = from now on a send takes at most { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }
step-no-clamp = from now on a send takes what it is given
step-small-buffers = from now on the kernel keeps at most { $bytes } bytes of what is sent on a new connection (tcp_wmem)
step-stop-and-continue = { $role } is stopped and goes on (SIGSTOP, SIGCONT)
step-end = we end { $role }
step-overuse = { $role } holds { $mebibytes } MiB of memory, more than a program may; we end it
step-ended = { $role }: { $how }
step-relay = between the two programs: { $manner }
step-pause = { $time } pass
step-left-out = { $steps ->
        [one] 1 step is left out here
       *[other] { $steps } steps are left out here
    }
manner-faithful = bytes pass as they come
manner-fragmented = the first { $bytes } bytes pass in pieces of { $piece }
manner-coalesced = what comes is kept, and passes at once
manner-delayed = everything passes { $time } later
manner-truncated = { $bytes ->
        [one] 1 byte passes
       *[other] { $bytes } bytes pass
    }, then both streams end
manner-reset = { $bytes ->
        [one] 1 byte passes
       *[other] { $bytes } bytes pass
    }, then both connections are broken off

## socklab check and grade, what they say of manifests and of a class

value-shard = not a part of a whole
value-words = not a command: a quote is not closed
hint-shard = write I/N, such as 1/8, with N at most { $max }
hint-words = close the quote, as in "python3 'my server.py'"
check-no-program = no program to check
hint-check-program = write it at the end, as in { $command }, or into socklab.toml, under [server] or [client]
check-no-requirement = { $exercise } has no requirement { $name }
check-not-judged = could not judge: { $cause }
check-assumed-shutdown = nobody said which message ends the server; "{ $message }" does, and was taken
check-assumed-command = nobody said which message runs a command; "{ $form }" does, and was taken
check-assumed-status = nobody said where the status stands in the reply; it was read by "{ $expression }"
check-assumed-framing = nobody said what ends a message; "{ $framing }" brings one back, and was taken
check-assumed-allowed = nobody said which addresses the server serves; of those in its source it serves { $addresses }
check-isolation-no-mounts = the program was kept from other processes and from the network, but it saw this machine's files
check-isolation-none = the program was kept from nothing: it ran as this user, in this machine's network
check-undeclared = { $exercise } leaves something free that could not be found out: { $fields }
hint-check-undeclared = say it in socklab.toml, under [protocol]; '{ $command }' writes one to be filled in
check-file-exists = { $file } is there already
hint-check-file-exists = remove it, or write another one with --output
check-written = { $file } is written: take the # off what you want to say
manifest-mistake = { $file }, line { $line }: { $mistake }
manifest-too-long = { $file } is longer than { $max } bytes
manifest-unknown-key = unknown key { $key }
manifest-wrong = wrong value for { $key }
manifest-no-exercise = { $file } asks for no exercise
manifest-deadline = the deadline needs a date, a time and an offset
hint-manifest-deadline = write it as 2026-05-12T23:59:00-03:00, without quotes
hint-manifest-init = '{ $command }' writes one with every key
hint-manifest-toml = the parser says: { $detail }
hint-manifest-schema = this socklab knows schema = 1
hint-manifest-range = write a number from { $min } to { $max }
hint-manifest-command = write a list of words, such as ["python3", "server.py"], at most { $max }
hint-manifest-placeholder = { $word } stands for nothing; what does is { $known }
hint-manifest-address = write an IP address, such as 127.0.0.1
hint-manifest-too-many = write at most { $max }
hint-manifest-file-name = write the name of a file in the program's own directory
hint-manifest-one-form = say it in exactly one of its forms
hint-manifest-hex = write pairs of hexadecimal digits, such as "ff 00"
hint-manifest-empty = write at least one byte
hint-manifest-encoding = it has a letter that the encoding lacks
hint-manifest-no-command = write {"{"}cmd{"}"} where the command stands
hint-manifest-no-group = write a group with the name status around the number: (?P<status>-?[0-9]+)
hint-manifest-framing = write stream, eof, newline, u16be, u32be, u32le, u64be, ascii-length, fixed:N or a delimiter
hint-manifest-points = write a number from 0 to 10000 with at most two decimals
notice-timeout-scale = your manifest asks for longer time limits than a student may: they are { $max } times as long
notice-strict = your manifest cannot make the check less strict than the teacher's
notice-hints = your manifest cannot ask for more hints than the teacher lets
notice-points = points are the teacher's to give: those of your manifest do not count
notice-hide = only the teacher can hide requirements: what your manifest says does not count
grade-begun = { $tasks } tasks, { $done } of them done before
grade-done = [{ $done }/{ $tasks }] { $submission } { $exercise }: { $outcome }
grade-result = { $state }, { $points }
grade-pass = pass
grade-fail = fail
grade-error = could not judge
grade-unstable = unstable
grade-absent = not handed in
grade-ambiguous = several files could be the program: { $files }
grade-language = a language that is not taken: { $file }
grade-manifest = a mistake in the manifest: { $mistake }
grade-unreadable = cannot be graded: { $cause }
grade-broken = the checker could not do its work: { $cause }
grade-pending = not done yet
grade-late = late
grade-isolation = isolation
grade-isolation-no-mounts = saw the machine's files
grade-isolation-none = none
grade-written = { $done } of { $tasks } tasks are done; see { $file }
grade-shard-written = part { $number } of { $count } is done; put all parts together with '{ $command }'
grade-stopped = stopped: { $done } of { $tasks } tasks are done, and the same command goes on
grade-no-submissions = { $directory } has no submissions: a directory for each one
grade-too-many = { $directory } has more than { $max } submissions
grade-busy = { $file } is being written by another socklab
grade-no-journal = { $file } is no journal of socklab grade: { $detail }
grade-journal-header = its first line is not that of a journal
grade-journal-version = it is of version { $version }
grade-journal-line = line { $line } cannot be read
grade-journal-too-long = it is too long
grade-no-journals = { $directory } has no journal of socklab grade
hint-grade-journals = give journals, or the directory that 'socklab grade --output' has written
grade-other-class = { $file } is about another class, or about other exercises or points
hint-grade-other-class = write into another directory with --output, or remove the old one
hint-grade-class = write what the class is asked into { $file }; docs/grading.md shows how
hint-grade-directory = give the directory in which each submission has a directory of its own
hint-grade-output = write into another directory with --output
grade-shard-unknown = { $variable } is set, and { $missing } does not say of how many parts
grade-shard-variable = { $variable }={ $value } is no part of a whole
hint-grade-shard = say it with --shard I/N; --shard 1/1 is everything
page-title = Results
page-submission = submission
page-points = points
page-alike = What failed alike
page-requirement = requirement
page-cause = probable cause
page-who = submissions
page-unknown-cause = not known
page-of = { $done } of { $tasks } tasks

## socklab check, socklab grade

help-check = Check whether a program does what an exercise asks
    .details =
        Runs the program as an untrusted guest, talks with it as its other side under many conditions, and says of each requirement whether it is met, with what shows it. The practical's own scripts need nothing else; what an exercise leaves free is said in socklab.toml beside the program, and --init writes one to be filled in.

        The exit code is 0 when the program does what is asked, 1 when it does not, 2 for a mistake of the command line or of a manifest, 3 when nobody could tell, and 4 when the same trial did not end the same twice.
    .examples =
        socklab check 1.3 -- python3 udp_echo_server.py
        socklab check 1.5.5 --init
        socklab check 2.5.4 --server "python3 server.py" --client "python3 client.py"
        socklab check 2.5.3 --hints 1 --format junit --output report.xml -- ./server
help-check-exercise = Check for this exercise, by its number in the practical
    .value = EXERCISE
help-check-manifest = Read the teacher's manifest, which wins over the student's
    .value = FILE
help-check-strict = Let what makes a program robust decide, too
help-check-seed = Make the contents of messages of this number (1)
    .value = NUMBER
help-check-only = Put this requirement only, and those that it needs; may be given again (all)
    .value = ID
help-check-hints = Give away so much: 0 is names, 1 what was seen, 2 what there is to know, 3 the probable cause (1)
    .value = LEVEL
help-check-format = Write human, json, junit or gradescope (human)
    .value = FORMAT
help-check-output = Write into this file, whole after each requirement (standard output)
    .value = FILE
help-check-init = Write a manifest with every key of the exercise (into socklab.toml)
help-check-server = Run this as the server
    .value = COMMAND
help-check-client = Run this as the client
    .value = COMMAND
help-check-command = Run this program
    .value = COMMAND
help-grade = Check the submissions of a whole class
    .details =
        Each directory in DIRECTORY is a submission. The class's manifest says which exercises are asked and what they are worth. Each task that is done is written into a journal at once; the same command goes on where it ended. The results are results.jsonl, results.csv and summary.html.

        On a pod of an indexed Job of Kubernetes, or in an array of Slurm, the part to be done is taken from the environment.
    .examples =
        socklab grade submissions --class class.toml --output graded
        socklab grade submissions --shard 1/4 --output graded
        socklab grade merge graded --output graded
help-grade-directory = Grade the submissions in this directory
    .value = DIRECTORY
help-grade-class = Read what the class is asked (class.toml in DIRECTORY)
    .value = FILE
help-grade-output = Write journal and results into this directory (graded)
    .value = DIRECTORY
help-grade-shard = Grade this part only, such as 1/8
    .value = I/N
help-grade-jobs = Do so many tasks at once (four for each processor)
    .value = NUMBER
help-grade-seed = Make the contents of messages of this number (made of the class's manifest)
    .value = NUMBER
help-grade-merge = Put the parts of a class together
    .details =
        Takes the journals of all parts, or directories with journals in them, in any order and any number of times, and writes the results of the whole class.
    .examples =
        socklab grade merge graded --output graded
        socklab grade merge node-*/journal-*.jsonl --output results
help-grade-merge-journals = Take this journal, or those in this directory (can be repeated)
    .value = JOURNAL
help-grade-merge-output = Write the results into this directory (graded)
    .value = DIRECTORY

## socklab bench, what it tells

bench-own = a socklab echo of its own ({ $address })
bench-begun = { $transport } to { $target }: { $shape }
bench-part = part { $number } of { $count }: { $connections ->
        [one] 1 connection
       *[other] { $connections } connections
    }
bench-closed-loop = { $connections ->
        [one] 1 connection
       *[other] { $connections } connections
    }, messages of { $size } bytes, { $depth } under way on each
bench-open-loop = { $connections ->
        [one] 1 connection
       *[other] { $connections } connections
    }, messages of { $size } bytes, { $rate } begun in a second
bench-burst = bursts of one source, datagrams of { $size } bytes, { $depth } under way
bench-ping-pong = one client that sleeps until its echo is there, messages of { $size } bytes
bench-spin = one client that never sleeps, messages of { $size } bytes
bench-connect = { $connections ->
        [one] 1 connection
       *[other] { $connections } connections
    } at once, opened, used for { $size } bytes and closed again and again
bench-idle = { $connections ->
        [one] 1 connection
       *[other] { $connections } connections
    }, of which the first echoes { $size } bytes again and again and the others are idle
bench-progress = interval { $index } of { $of }: { $rate } echoes/s, 99 % within { $p99 }
bench-rate = { $rate } echoes/s, { $bytes }B/s each way, during { $time }
bench-checked = { $echoes ->
        [one] 1 echo
       *[other] { $echoes } echoes
    }, every byte as it was sent
bench-latency = latency: 50 % { $p50 }, 90 % { $p90 }, 99 % { $p99 }, 99.9 % { $p999 }, longest { $max }
bench-cpu = processor time of an echo: server { $server }, client { $client }
bench-cpu-client = processor time of an echo: client { $client }; the server's processes cannot be seen from here
bench-cpu-unknown = processor time: not known
bench-memory = memory of the server for an idle connection: { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }, without the kernel's
bench-lost = { $count ->
        [one] 1 datagram was
       *[other] { $count } datagrams were
    } lost
bench-late = { $count ->
        [one] 1 echo came
       *[other] { $count } echoes came
    } late or twice
bench-refused = { $count ->
        [one] 1 connection was
       *[other] { $count } connections were
    } refused
bench-broken = { $count ->
        [one] 1 connection
       *[other] { $count } connections
    } ended before the echo
bench-unsent = { $count ->
        [one] 1 message was
       *[other] { $count } messages were
    } due and had not begun at the end: if these are many, the server is slower than the rate; their waits count as latencies
bench-histogram = latencies
bench-plot = rate over time, { $count } intervals of { $length }
bench-wake = to wake a thread on another processor costs { $time } here
bench-wake-waits = to wake a thread on another processor costs { $time } here; an echo waits for up to two of that, whatever the server does
bench-one-processor = there is one processor only: both ends share it
bench-not-pinned = the clients are not bound to a processor: where the scheduler puts them changes the figures; --cpu binds them
bench-pinned = the clients are bound to processor { $cpus }
bench-noise = noise: the rate of an interval varies by { $percent } %
bench-noisy = noise: the rate of an interval varies by { $percent } %; measure longer, or when the machine has less to do
bench-busy = the clients worked all the time, so the rate is theirs, too: compare the processor time of an echo, or add --threads
bench-parts = { $have } of { $of } parts
bench-overlap = all parts measured at once during { $percent } % of the time only: the rates of the others do not add up
bench-connection = connection { $number }
bench-closed = the server closed connection { $number } before its echoes had come
bench-silent = no echo came for { $time }; { $waiting ->
        [one] 1 connection waits
       *[other] { $waiting } connections wait
    }
bench-wrong-byte = connection { $number }: byte { $offset } came back as { $actual }, and { $expected } was sent; figures of such a server mean nothing
bench-wrong-length = connection { $number }: { $actual } bytes came back where { $expected } were to come; figures of such a server mean nothing
bench-wrong-number = connection { $number }: the echo of datagram { $actual } came, and the last one that was sent is { $sent }
bench-out-of-range = { $flag } { $value } is out of range for this load
bench-no-rate = this shape has no rate: each message waits for the echo before it
bench-time = --duration and --timeout are at least 10ms, and with --warmup at most 24h
bench-not-over = this shape is not for this transport
bench-no-own-server = the server of its own does not start
bench-results-too-long = { $file } is longer than { $max } bytes, so it has no results of socklab bench
bench-other-load = { $file } is about another load
bench-twice = { $file } has a part that was there already
bench-too-many = there are more than { $max } parts
bench-no-results = { $file } has no results of socklab bench
hint-bench-range = write a number from { $min } to { $max }
hint-bench-rate = leave --rate out, or use the shape loop or burst
hint-bench-time = write times within that, such as --duration 5s
hint-bench-shape = connect and idle are for tcp, burst is for udp
hint-bench-merge = give each file of one load once, as 'socklab bench --output' wrote it
hint-bench-ports = every local port is in use or in TIME-WAIT; ask with fewer connections, or from more machines with --shard
hint-bench-no-echo-server = is that an echo server? 'socklab ask' shows what it answers
hint-bench-answered = what came begins with '{ $bytes }': is that an echo server?

## socklab bench

help-bench = Measure how fast an echo server is, and check every byte that comes back
    .details =
        HOST:PORT may be an echo server of any make; without it, bench starts a socklab echo of its own. In a closed loop each echo begins the next message. With --rate messages begin at their times, whether the server keeps up or not, and latencies count from there.

        Shapes: loop is many connections behind one event loop; ping-pong is one client that sleeps until its echo is there; spin is one that never sleeps; connect opens, uses and closes connections (tcp); idle keeps all connections but one silent (tcp); burst is one source whose datagrams the kernel cuts and joins (udp).

        Several machines share a load with --shard, which on a pod of an indexed Job of Kubernetes, or in an array of Slurm, is taken from the environment; 'socklab bench merge' puts their results together.
    .examples =
        socklab bench tcp
        socklab bench tcp localhost:3500 --connections 500 --duration 10s
        socklab bench udp localhost:3500 --rate 20000 --log udp.hlog
        socklab bench tcp --shape ping-pong --cpu 1
        socklab bench tcp server:3500 --shard 1/4 --output part-1.json
        socklab bench merge part-*.json
help-bench-transport = Load a server over udp or tcp
    .value = TRANSPORT
help-bench-target = Load this server (default a socklab echo of its own)
    .value = HOST:PORT
help-bench-shape = Use connections like this: loop, ping-pong, spin, connect, idle or burst (default loop)
    .value = SHAPE
help-bench-connections = Use so many connections, or sources of datagrams, in all parts together (default 50)
    .value = NUMBER
help-bench-depth = Have so many messages under way on each connection (default 1; 64 with --rate and in bursts)
    .value = NUMBER
help-bench-size = Send messages of this size (default 64)
    .value = SIZE
help-bench-rate = Begin so many messages in a second, in all parts together (default as fast as echoes come)
    .value = NUMBER
help-bench-duration = Measure for so long (default 5s)
    .value = TIME
help-bench-warmup = Do the same for so long before (default 500ms)
    .value = TIME
help-bench-timeout = Take a datagram for lost, and a server over tcp for silent, after this time without an echo (default 250ms, 5s)
    .value = TIME
help-bench-threads = Share the connections among so many threads (default 1)
    .value = NUMBER
help-bench-cpu = Bind the threads to this processor; several are taken in turn (can be repeated)
    .value = NUMBER
help-bench-shard = Use this part of the connections only, such as 1/8
    .value = I/N
help-bench-output = Write the results into this file, for 'socklab bench merge'
    .value = FILE
help-bench-log = Write latencies into this file, as a log of HdrHistogram
    .value = FILE
help-bench-ipv4 = Use IPv4 only
help-bench-ipv6 = Use IPv6 only
help-bench-merge = Put the parts of a load together
    .details =
        Takes the results of all parts, in any order. Counts and histograms are added, so it does not matter how the load was cut. What was merged can be merged again.
    .examples =
        socklab bench merge part-*.json
        socklab bench merge part-*.json --output all.json
help-bench-merge-files = Take these results (can be repeated)
    .value = FILE
help-bench-merge-output = Write the results of all into this file
    .value = FILE

report-title = The practical, run on real sockets
report-date = Date
report-kernel = Kernel
report-question = Question
report-prediction = Prediction
report-chosen = predicted
report-came-true = came true
report-holds = as expected
report-differs = otherwise here
report-unknown = not known here
report-left-out = { $count ->
    [one] one more row is left out here
   *[other] { $count } more rows are left out here
}
report-files = For Wireshark: { $packets }; for socklab replay: { $archive }
report-time = Time (ms)
report-written = report: { $file }
