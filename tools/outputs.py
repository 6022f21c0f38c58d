"""What the runners of cases, documents and examples share: how an expected text is compared, and the
environment that commands get.

In an expected text a line `...` matches any lines and {*} inside a line matches anything.
"""
import os
import re


def matches(lines, text):
    """Whether the text, with or without a line break at its end, is what the lines say."""
    if text and not text.endswith("\n"):
        text += "\n"
    parts = []
    for line in lines:
        if line == "...":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append(r"[^\n]*?".join(re.escape(p) for p in line.split("{*}")) + r"\n")
    return re.fullmatch("".join(parts), text) is not None


def show(title, lines):
    print(title)
    print("".join(f"  | {line}\n" for line in lines), end="")


def environment(home, **more):
    """That of the caller without settings of Tocsin and without proxies."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("TC_", "TOCSIN_")) and not k.lower().endswith("_proxy")}
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        env.pop(name, None)
    return {**env, "HOME": home, "LC_ALL": "C", "TZ": "UTC", **more}
