"""Started by `site` before the program: turns source lines on, then does what it has taken the place of.

Runs under any Python, also one that is too old for the rest.
"""
import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))


def _is_read():
    """Whether the tracer sees by itself where a program is. It says so if that is true of the place that it is told here."""
    frame = sys._getframe()
    file, library = os.fsencode(frame.f_code.co_filename), os.fsencode(os.path.dirname(os.__file__))
    try:
        question = bytearray(b"\0SLQ0%d _is_read\0%s\0%s" % (frame.f_lineno + 1, file, library))
        os.write(-1, question)
    except OSError:
        pass
    return question[4:5] == b"1"


def _is_first():
    """Whether this is the first interpreter of its process: the hook of another one would tell other places by the same numbers."""
    import _signal
    try:
        _signal.set_wakeup_fd(_signal.set_wakeup_fd(-1))
    except ValueError:
        return False
    return True


if sys.version_info >= (3, 11) and sys.implementation.name == "cpython" and _is_read():
    _socklab_lines = None
elif sys.version_info >= (3, 8) and sys.implementation.name == "cpython" and _is_first():
    try:
        import _socklab_lines
    except Exception:
        _socklab_lines = None
else:
    _socklab_lines = None
# The program finds its path as it would be; its children inherit ours by PYTHONPATH.
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _here]


def _run_other():
    """Runs the `sitecustomize` that would have run. What it raises is told by `site`, as ever."""
    if sys.version_info < (3, 4):
        import imp
        try:
            found = imp.find_module("sitecustomize", sys.path)
        except ImportError:
            return
        imp.load_module("sitecustomize", *found)
        return
    import importlib._bootstrap as bootstrap
    import importlib._bootstrap_external as external
    spec = external.PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None:
        module = bootstrap.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


try:
    _run_other()
finally:
    if _socklab_lines is not None:
        _socklab_lines.start()
