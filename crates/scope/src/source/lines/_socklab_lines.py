"""Tells the tracer at which line of the program a call into the kernel is made.

Each thread has a slot, a number in memory, which the tracer reads when the thread enters the kernel: 0, or the number of
the place where the program is. Slots and places are announced to the tracer by writing to descriptor -1, which does nothing
else. So a call costs two stores, and the tracer one look, once its place is known.

Python 3.12 and later have `sys.monitoring`, which is asked for calls only, and switched off wherever it cannot be one of ours.
Earlier ones have `sys.setprofile`, which is hidden from the program.
"""
import _thread
import os
import sys
from array import array
from posix import write

# As in mod.rs: further places are not told.
PLACES_MAX = 65536
# Code that is remembered; beyond it all is learned again.
CODES_MAX = 16384
FUNCTION_LETTERS_MAX = 120
# Calls of a place that are looked at before it is switched off.
VISITS_MAX = 16

# What goes into the kernel: the methods of types, and the functions of modules, by their names.
SOCKET = frozenset(
    "__init__ _accept accept bind close connect connect_ex getpeername getsockname getsockopt listen recv recv_into recvfrom"
    " recvfrom_into recvmsg recvmsg_into send sendall sendmsg sendmsg_afalg sendto setblocking setsockopt settimeout"
    " shutdown".split())
METHODS = {
    ("_socket", "socket"): SOCKET,
    ("_ssl", "_SSLSocket"): frozenset("do_handshake read shutdown write".split()),
    ("select", "epoll"): frozenset("modify poll register unregister".split()),
    ("select", "poll"): frozenset(["poll"]),
}
FUNCTIONS = {
    "_socket": frozenset(
        "close dup getaddrinfo gethostbyaddr gethostbyname gethostbyname_ex getnameinfo socketpair".split()),
    "fcntl": frozenset("fcntl ioctl".split()),
    "posix": frozenset("close dup dup2 read readv sendfile splice write writev".split()),
    "select": frozenset(["select"]),
    "time": frozenset(["sleep"]),
}
# A place of the program that calls something of such a name is never switched off.
NAMES = frozenset().union(*METHODS.values(), *FUNCTIONS.values())

# What starts a thread.
STARTERS = ("start_new_thread", "start_new")

# Whose a frame is: the smaller, the more it is the program's own.
OWN, INSTALLED, LIBRARY, PLUMBING = range(4)
LIBRARY_DIRECTORY = os.path.dirname(os.__file__) + os.sep
PLUMBING_FILES = frozenset(LIBRARY_DIRECTORY + name for name in ("selectors.py", "socket.py", "ssl.py"))
# Where `socket.socket` is, and what its `__init__` begins with.
SOCKET_FILE = LIBRARY_DIRECTORY + "socket.py"
SOCKET_INIT = ("AF_INET",)
COMPREHENSIONS = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>"))

# By the address of a code object: itself (so that the address stays its own), whose it is, and by instruction its places, and
# how often something else was called there.
codes = {}
# Each place once, by its file, line and function.
places = {}
# What is known of types and of functions of modules.
types = {}
functions = {}


def announce(text):
    try:
        write(-1, b"\0SL" + text)
    except OSError:
        pass


def new_slot():
    """The slot of the thread that calls: the number of a place, and what is being called there."""
    slot = array("Q", (0, 0))
    announce(b"T%d" % slot.buffer_info()[0])
    return slot


def whose(code):
    file = code.co_filename
    if file in PLUMBING_FILES or file == __file__ or file.startswith("<frozen"):
        return PLUMBING
    if "/site-packages/" in file or "/dist-packages/" in file:
        return INSTALLED
    return LIBRARY if file.startswith(LIBRARY_DIRECTORY) else OWN


def learn(code):
    if len(codes) >= CODES_MAX:
        codes.clear()
    known = codes[id(code)] = (code, whose(code), {}, {})
    return known


def place_of(frame):
    """The number of the program's own place that is nearest to this frame; 0 if there is none."""
    code = frame.f_code
    known = codes.get(id(code)) or learn(code)
    if known[1] != OWN:
        frame, known = outer(frame, known)
    number = known[2].get(frame.f_lasti)
    return number if number is not None else new_place(frame, known, frame.f_lasti)


def outer(frame, known):
    best = (frame, known)
    while known[1] != OWN:
        frame = frame.f_back
        if frame is None:
            return best
        code = frame.f_code
        known = codes.get(id(code)) or learn(code)
        if known[1] < best[1][1]:
            best = (frame, known)
    return frame, known


def new_place(frame, known, instruction):
    code, line = frame.f_code, frame.f_lineno or 0
    naming = frame
    while naming.f_code.co_name in COMPREHENSIONS and naming.f_back is not None:
        naming = naming.f_back
    place = (code.co_filename, line, naming.f_code.co_name)
    number = places.get(place)
    if number is None:
        if len(places) >= PLACES_MAX:
            return 0
        number = places[place] = len(places) + 1
        function = place[2][:FUNCTION_LETTERS_MAX].encode("utf-8", "replace")
        announce(b"P%d %d %s\0%s" % (number, line, function, os.fsencode(place[0])))
    known[2][instruction] = number
    return number


def methods_of(kind):
    """The names of the methods of a type that go into the kernel."""
    try:
        return types[kind]
    except KeyError:
        pass
    if len(types) >= CODES_MAX:
        types.clear()
    named = (METHODS.get((base.__module__, base.__name__)) for base in kind.__mro__)
    methods = types[kind] = next((names for names in named if names), frozenset())
    return methods


def is_kernel_function(function):
    """Whether a function of a module goes into the kernel."""
    verdict = functions.get(function)
    if verdict is None:
        if len(functions) >= CODES_MAX:
            functions.clear()
        names = FUNCTIONS.get(function.__self__.__name__, ())
        verdict = function.__name__ in names
        if function.__name__ not in STARTERS:
            functions[function] = verdict
    return verdict


def start():
    if hasattr(sys, "monitoring"):
        start_monitoring()
    else:
        start_profile()


def start_monitoring():
    monitoring = sys.monitoring
    events, disable = monitoring.events, monitoring.DISABLE
    function = type(start)
    of_module = type(sys)
    builtin = type(len)
    of_type = (type(array.append), type(object.__init__))
    frame_at, code_known, verdict_of = sys._getframe, codes.get, functions.get
    local = _thread._local()

    def judge(callee, kind):
        if kind is builtin:
            return is_kernel_function(callee)
        if len(functions) >= CODES_MAX:
            functions.clear()
        verdict = functions[callee] = callee.__name__ in methods_of(callee.__objclass__)
        return verdict

    def unless_it_varies(code, instruction, name):
        """Switches a place off, if it names what it calls, and so always calls something of that name.

        A variable may have the name of something else; so the program's own places are looked at for a while.
        """
        if name in NAMES or name not in code.co_names:
            return None
        known = codes.get(id(code)) or learn(code)
        if known[1] != OWN:
            return disable
        if instruction in known[2]:
            return None
        visits = known[3][instruction] = known[3].get(instruction, 0) + 1
        return disable if visits > VISITS_MAX else None

    def on_call(code, instruction, callee, _first):
        kind = type(callee)
        if kind is function or kind is type:
            return unless_it_varies(code, instruction, callee.__name__)
        if kind not in of_type and kind is not builtin:
            return None
        try:
            if kind is builtin and type(callee.__self__) is not of_module:
                verdict = callee.__name__ in methods_of(type(callee.__self__))
            else:
                verdict = verdict_of(callee)
                if verdict is None:
                    verdict = judge(callee, kind)
            if not verdict:
                return unless_it_varies(code, instruction, callee.__name__)
            try:
                slot = local.slot
            except AttributeError:
                slot = local.slot = new_slot()
            known = code_known(id(code)) or learn(code)
            if known[1] == OWN:
                number = known[2].get(instruction)
                if number is None:
                    number = new_place(frame_at(1), known, instruction)
            else:
                number = place_of(frame_at(1))
            slot[1] = id(callee)
            slot[0] = number
        except Exception:
            pass
        return None

    def on_end(_code, _instruction, callee, _first):
        try:
            slot = local.slot
        except AttributeError:
            return
        if slot[1] == id(callee):
            slot[0] = slot[1] = 0

    tool = next(tool for tool in (4, 3) if monitoring.get_tool(tool) is None)
    monitoring.use_tool_id(tool, "socklab")
    monitoring.register_callback(tool, events.CALL, on_call)
    monitoring.register_callback(tool, events.C_RETURN, on_end)
    monitoring.register_callback(tool, events.C_RAISE, on_end)
    monitoring.set_events(tool, events.CALL)


def start_profile():
    of_module = type(sys)
    function_verdict, type_methods = functions.get, types.get

    def make():
        """A hook with the slot of the thread that makes it."""
        slot = new_slot()
        current = None

        def hook(frame, event, callee):
            nonlocal current
            if event == "c_call":
                try:
                    kind = type(callee.__self__)
                    if kind is of_module:
                        verdict = function_verdict(callee)
                        if verdict is None:
                            verdict = is_kernel_function(callee)
                            if callee.__name__ in STARTERS:
                                follow_threads(starter)
                        if not verdict:
                            return
                    else:
                        methods = type_methods(kind)
                        if methods is None:
                            methods = methods_of(kind)
                        if not methods or callee.__name__ not in methods:
                            return
                    slot[0] = place_of(frame)
                    current = callee
                except Exception:
                    pass
            elif current is not None:
                if callee is current if event != "return" else frame.f_code is current:
                    slot[0] = 0
                    current = None
            elif event == "call" and frame.f_code.co_name == "__init__":
                # `_socket.socket.__init__` makes the socket, and is told of only by this, which calls it.
                if frame.f_code.co_filename == SOCKET_FILE and frame.f_code.co_names[:1] == SOCKET_INIT:
                    slot[0] = place_of(frame)
                    current = frame.f_code

        return hook

    def starter(frame, event, callee):
        """Is the hook of a new thread until its first event."""
        hook = make()
        sys.setprofile(hook)
        hook(frame, event, callee)

    hook = make()
    hide((starter.__code__, hook.__code__))
    sys.setprofile(hook)


def follow_threads(starter):
    """Lets the thread that is about to start have a hook, unless the program gives it one."""
    threading = sys.modules.get("threading")
    if threading is not None and threading._profile_hook is None:
        threading._profile_hook = starter


def hide(hooks):
    """Lets `sys.getprofile` tell of the program's own hooks only."""
    real = sys.getprofile

    def getprofile():
        hook = real()
        return None if getattr(hook, "__code__", None) in hooks else hook

    getprofile.__doc__ = real.__doc__
    getprofile.__module__ = real.__module__
    getprofile.__qualname__ = real.__qualname__
    sys.getprofile = getprofile
