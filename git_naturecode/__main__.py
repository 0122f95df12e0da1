"""The program `git-naturecode`: the one place where failures become exit codes."""

import io
import os
import sys

from git_naturecode import __version__, errors

_COLLECT_EVERY = 100_000  # new objects; a command that only starts and answers stays below it


def main() -> None:
    """Run the command line in sys.argv and leave the process with its exit code."""
    if sys.argv[1:3] == ["hook", "agent"]:
        _answer_agent(sys.argv[3:])
    try:
        _fill_closed()
        for stream in (sys.stdout, sys.stderr):
            _let_speak(stream)
        import gc

        gc.set_threshold(_COLLECT_EVERY)
        _leave(run(sys.argv[1:]))
    except KeyboardInterrupt:  # just before the command began, or when all was said
        os._exit(errors.INTERRUPTED)


def _fill_closed() -> None:
    """Put /dev/null where a standard stream was closed at the start, as git does.

    Else the next file that is opened would get its number, and what is said would go into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, number)
            os.set_inheritable(number, True)  # dup2 leaves it as it is where both are the same
            if null != number:
                os.close(null)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", errors="replace"))


def _let_speak(stream: object) -> None:
    """Have what is said go out whatever the locale: to a terminal as it reads, else in UTF-8."""
    if isinstance(stream, io.TextIOWrapper):
        encoding = stream.encoding if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="replace")


def _answer_agent(arguments: list[str]) -> None:
    """Answer an event of an AI tool, which has to go well even where our files are damaged."""
    try:
        from git_naturecode.agents import hook

        hook.main(arguments)
    finally:
        os._exit(0)


def _leave(code: int) -> None:
    """End the process without taking the interpreter apart, which costs more than starting it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # gone or closed; `run` has told what can be told
        pass
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command line; give the exit code. Nothing that is raised gets past this."""
    try:
        code = _dispatched(arguments)
        sys.stdout.flush()
        return code
    except errors.NaturecodeError as failure:
        return _tell(failure)
    except KeyboardInterrupt:
        return errors.INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has gone; nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + 13
    except OSError as failure:
        return _tell(_system(failure))
    except Exception as fault:
        return _report(fault)


def _dispatched(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        print(f"git naturecode {__version__}")
        return 0
    from git_naturecode.cli.app import dispatch

    return dispatch(arguments)


def _tell(failure: errors.NaturecodeError) -> int:
    from git_naturecode.render.show import show

    print(f"error: {show(failure.message)}", file=sys.stderr)
    if failure.hint:
        print(f"hint: {show(failure.hint)}", file=sys.stderr)
    return failure.code


def _system(failure: OSError) -> errors.NaturecodeError:
    """What the operating system refused, as a failure that the user can mend."""
    import errno

    what = f"{failure.strerror or failure}" + (f": {failure.filename}" if failure.filename else "")
    if failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return errors.NaturecodeError(
            f"the disk is full ({what})", "make room and run the command again"
        )
    if failure.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return errors.NotPermitted(what, "check who owns it and whether it is writable")
    return errors.NaturecodeError(what)


def _report(fault: Exception) -> int:
    import traceback

    from git_naturecode import trace
    from git_naturecode.store.device import config_folder

    if os.environ.get("GIT_NATURECODE_TRACE"):
        traceback.print_exception(fault)
    folder = os.path.join(config_folder(os.environ), "faults")
    try:
        path = trace.report(fault, folder, __version__)
    except OSError:
        path = "(it could not be written)"
    print(f"error: this is a fault in git naturecode ({type(fault).__name__})", file=sys.stderr)
    print(f"hint: please report it with the file {path}", file=sys.stderr)
    return errors.FAULT


if __name__ == "__main__":
    main()
