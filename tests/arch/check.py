#!/usr/bin/env python3
"""Checks of the tree that a compiler does not make. Each prints its findings and fails on any.

usage: check.py CHECK [ROOT [BUILD]]  one check over the tree at ROOT; `registered` reads BUILD too,
                                     and `exports` takes a build folder for ROOT
       check.py bites                shows that each check finds what it is for
"""
import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile

SOURCES = (".hpp", ".cpp")
MAX_LINES = 500


def files(root, *folders, endings=SOURCES):
    for folder in folders:
        for where, _, names in sorted(os.walk(os.path.join(root, folder))):
            for name in sorted(names):
                if name.endswith(endings):
                    yield os.path.relpath(os.path.join(where, name), root)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as text:
        return text.read()


def numbered(root, path):
    return enumerate(read(root, path).splitlines(), 1)


# -- layers: who includes whom -------------------------------------------------------------------

def load_layers(text):
    layers = {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line:
            folder, allowed = line.split("->")
            layers[folder.strip()] = allowed.split()
    return layers


def layer_of(layers, path):
    holders = [folder for folder in layers if path == folder or path.startswith(folder + "/")]
    return max(holders, key=len, default=None)


def resolve(root, path, name):
    """The file in the tree that an include means, or None for what comes from outside."""
    own = os.path.normpath(os.path.join(os.path.dirname(path), name))
    plugin = re.match(r"cistern/(\w+)/", name)
    for place in (own, "framework/include/" + name, "framework/src/" + name, "apps/" + name,
                  "plugins/%s/include/%s" % (plugin.group(1), name) if plugin else name,
                  "/".join(path.split("/")[:2]) + "/src/" + name,
                  "/".join(path.split("/")[:2]) + "/" + name):
        if os.path.isfile(os.path.join(root, place)):
            return place
    return None


def may_include(allowed, own, target):
    if target.startswith(own + "/"):
        return True
    for rule in allowed:
        rule = "framework/include" if rule == "public" else rule
        if target == rule or fnmatch.fnmatch(target, rule + "/*"):
            return True
    return False


def is_standard(name):
    return re.fullmatch(r"[a-z_0-9]+|(sys|netinet|arpa|net|linux)/[a-z_0-9]+\.h|[a-z_0-9]+\.h", name)


def check_layers(root):
    layers = load_layers(read(root, "tests/arch/layers.txt"))
    for path in files(root, "framework/include", "framework/src", "plugins", "apps"):
        own = layer_of(layers, path)
        if own is None:
            yield "%s: its folder is not in tests/arch/layers.txt" % path
            continue
        for line, text in numbered(root, path):
            found = re.match(r'\s*#\s*include\s*[<"]([^">]+)[">]', text)
            if not found:
                continue
            name = found.group(1)
            target = resolve(root, path, name)
            if target and not may_include(layers[own], own, target):
                yield "%s:%d: %s may not include %s" % (path, line, own, target)
            elif not target:
                outside = name.split("/")[0] if "/" in name else name
                named = any(fnmatch.fnmatch(outside, rule) for rule in layers[own])
                if not named and not is_standard(name):
                    yield "%s:%d: %s may not use <%s>" % (path, line, own, name)


# -- determinism: only backends read clocks, sleep, start threads or draw numbers ------------------

CLOCKS = re.compile(r"_clock::now|this_thread::sleep|(?<![\w.>])::u?sleep\(|nanosleep|std::j?thread\b|"
                    r"pthread_create|pthread_atfork|std::async|random_device|mt19937|\brand\(|\btime\(nullptr|clock_gettime|getrandom")


def check_determinism(root):
    for path in files(root, "framework", "plugins", "tests/unit", "tests/simulation"):
        if path.startswith("framework/src/backend/"):
            continue
        for line, text in numbered(root, path):
            code = text.split("//")[0]
            tests_may = path.startswith("tests/") and not re.search(r"this_thread::sleep|::u?sleep\(|_clock::now", code)
            if CLOCKS.search(code) and not tests_may:
                yield "%s:%d: only framework/src/backend may do this: %s" % (path, line, code.strip())


# -- sizes, contracts, registration ----------------------------------------------------------------

def check_sizes(root):
    for path in files(root, "framework", "plugins", "apps", "tests"):
        lines = read(root, path).count("\n")
        if lines > MAX_LINES:
            yield "%s: %d lines; split it by subject at about 300" % (path, lines)


def public_headers(root):
    for path in files(root, "framework/include", "plugins", endings=(".hpp",)):
        if "/include/" in path and "/detail/" not in path:
            yield path


def check_contracts(root):
    """Every public class with behaviour says what threads may do with it."""
    for path in public_headers(root):
        text = read(root, path)
        for found in re.finditer(r"((?:^[ ]*//.*\n)*)((?:^template <.*>\n)?)^class (?:\[\[\w+\]\] )?(?:CISTERN_API )?(\w+)"
                                 r"(?: final)?(?: : public (\w+(?:::\w+)*))? \{", text, re.M):
            comment, _, name, base = found.groups()
            derived = base and (base.endswith("Error") or base in ("IoError", "Cancelled", "cistern::Cancelled"))
            if "Thread safety:" not in comment and not derived:
                yield "%s: class %s does not say `Thread safety:`" % (path, name)


def joined_in(file):
    """The sources that `file` compiles: itself, or those that CMake joined in it."""
    if os.path.basename(os.path.dirname(file)) != "Unity":
        return [file]
    with open(file, encoding="utf-8") as joined:
        return re.findall(r'^#include "(.*)"$', joined.read(), re.M)


def check_registered(root, build="build/dev"):
    """Every test source is compiled by the build that is being tested."""
    commands = os.path.join(root, build, "compile_commands.json")
    with open(commands, encoding="utf-8") as listing:
        compiled = {entry["file"] for entry in json.load(listing)}
    built = {os.path.relpath(source, os.path.realpath(root)) for file in compiled for source in joined_in(file)}
    for path in files(root, "tests", endings=("_test.cpp",)):
        if not path.startswith("tests/install/") and path not in built:
            yield "%s: nothing builds it" % path


def check_words(root):
    """The version heads the changelog; the documents show the code that is compiled."""
    version = re.search(r'CISTERN_VERSION "(.*)"', read(root, "framework/include/cistern/version.hpp"))
    heading = re.search(r"^## \[?([0-9][^\s\]]*)", read(root, "CHANGELOG.md"), re.M)
    if not heading or heading.group(1) != version.group(1):
        yield "CHANGELOG.md: its first version is not %s" % version.group(1)
    for document, source in (("README.md", "apps/hello/main.cpp"),
                             ("docs/plugin-guide.md", "plugins/echo/src/plugin.cpp"),
                             ("docs/plugin-guide.md", "plugins/echo/include/cistern/echo/session.hpp")):
        if read(root, source).strip() not in read(root, document):
            yield "%s: does not show %s as it is" % (document, source)
    for source, most in (("plugins/echo/src/plugin.cpp", 60), ("apps/hello/main.cpp", 25)):
        if read(root, source).count("\n") > most:
            yield "%s: longer than %d lines" % (source, most)


# -- messages: what the page on troubleshooting quotes is said by the code --------------------------

# Numbers, words in capitals and dots stand for what differs from one message to the next; messages
# are put together at colons and semicolons.
BETWEEN_PARTS = re.compile(r"\.\.\.|[;:]|(?<![\w(])[A-Z]+(?![\w)(])|\b[0-9]+\b")


def spoken(root):
    """All string literals of the programs, those that stand side by side as the one they are."""
    texts = []
    for path in files(root, "framework/src", "plugins", "apps"):
        code = re.sub(r"^\s*//.*$", "", read(root, path), flags=re.M)
        code = re.sub(r'(?<!\\)"\s*\n\s*"', "", code)
        texts += re.findall(r'"((?:[^"\\\n]|\\.)*)"', code)
    return "\n".join(texts).replace('\\"', '"')


def quoted_messages(root):
    """Each message in the first column of a table, in backticks, and its line."""
    for line, text in numbered(root, "docs/troubleshooting.md"):
        if text.startswith("|"):
            for message in re.findall(r"`([^`]+)`", text.split(" | ")[0]):
                yield line, message


def check_messages(root):
    said = spoken(root)
    code = "\n".join(read(root, path) for path in files(root, "framework/include", "plugins"))
    found_any = False
    for line, message in quoted_messages(root):
        found_any = True
        if re.fullmatch(r"\w+(\(\))?", message) and re.search(r"\b%s\b" % message.rstrip("()"), code):
            continue  # the name of something in a header
        for part in BETWEEN_PARTS.split(message):
            part = part.strip(' ,()"=?')
            if re.search(r"\w", part) and part not in said:
                yield "docs/troubleshooting.md:%d: nothing says `%s`" % (line, part)
    if not found_any:
        yield "docs/troubleshooting.md: quotes no message"


# -- features: the tests that the table of features quotes are there -------------------------------

def test_names(root):
    """Each test source's name -> the names of its cases, long ones put together."""
    cases = {}
    for path in files(root, "tests", endings=(".cpp",)):
        joined = re.sub(r'(?<!\\)"\s*\n\s*"', "", read(root, path))
        found = re.findall(r'TEST_CASE\(\s*"((?:[^"\\]|\\.)*)"', joined)
        cases.setdefault(os.path.basename(path), set()).update(name.replace('\\"', '"') for name in found)
    return cases


def check_features(root):
    """A row's last column names tests as `name` (file), or another column says why there is none."""
    cases = test_names(root)
    quoted_any = False
    for line, text in numbered(root, "docs/features.md"):
        if not text.startswith("|") or text.startswith(("| ---", "| #", "| its test")):
            continue
        shown = text.strip().strip("|").split(" | ")[-1]
        quoted = re.findall(r"`([^`]+)` \((\w+\.cpp)\)", shown)
        quoted_any = quoted_any or bool(quoted)
        for name, source in quoted:
            if name not in cases.get(source, ()):
                yield "docs/features.md:%d: %s has no test `%s`" % (line, source, name)
        if not quoted and not re.search(r"not yet|missing", text):
            yield "docs/features.md:%d: names no test, and does not say `not yet` or `missing`" % line
    if not quoted_any:
        yield "docs/features.md: quotes no test"


# -- exports: a plugin shows its two functions and nothing else ------------------------------------

EXPORTS = {"pocoBuildManifest", "cistern_plugin_tag"}


def check_exports(build):
    folder = os.path.join(build, "lib/cistern/plugins")
    for name in sorted(os.listdir(folder)):
        listing = subprocess.run(["nm", "-D", "--defined-only", os.path.join(folder, name)],
                                 check=True, capture_output=True, text=True).stdout
        shown = {line.split()[-1].split("@")[0] for line in listing.splitlines()}
        shown = {symbol for symbol in shown if not symbol.startswith(("__asan", "__ubsan", "__odr_asan", "__tsan"))}
        if shown != EXPORTS:
            yield "%s: exports %s instead of %s" % (name, sorted(shown), sorted(EXPORTS))


CHECKS = {
    "layers": check_layers,
    "determinism": check_determinism,
    "sizes": check_sizes,
    "contracts": check_contracts,
    "registered": check_registered,
    "words": check_words,
    "messages": check_messages,
    "features": check_features,
    "exports": check_exports,
}

# For each check a tree in which it must find something.
BITES = {
    "layers": {"tests/arch/layers.txt": "plugins/a -> public\nplugins/b -> public\n",
               "plugins/b/src/b.hpp": "", "plugins/a/src/a.cpp": '#include "../../b/src/b.hpp"\n'},
    "determinism": {"plugins/a/src/a.cpp": "auto t = std::chrono::steady_clock::now();\n"},
    "sizes": {"framework/src/core/long.cpp": "\n" * (MAX_LINES + 1)},
    "contracts": {"framework/include/cistern/x.hpp": "// A thing.\nclass Thing {\n};\n"},
    "registered": {"tests/unit/core/lost_test.cpp": "", "build/dev/compile_commands.json": "[]"},
    "words": {"framework/include/cistern/version.hpp": '#define CISTERN_VERSION "2.0"\n',
              "CHANGELOG.md": "## 1.0\n", "README.md": "", "docs/plugin-guide.md": "",
              "apps/hello/main.cpp": "", "plugins/echo/src/plugin.cpp": "",
              "plugins/echo/include/cistern/echo/session.hpp": ""},
    "features": {"docs/features.md": "| 1 | wings | `flies` | `it flies` (wing_test.cpp) |\n",
                 "tests/unit/wing_test.cpp": 'TEST_CASE("it glides", "[unit]") {}\n'},
    "messages": {"docs/troubleshooting.md": "| `has no N legs; buy some` | it fell | help it |\n",
                 "framework/src/core/x.cpp": 'auto t = "has no " + n + " legs; buy "\n         "none";\n'},
}


def bites():
    for name, tree in BITES.items():
        with tempfile.TemporaryDirectory() as root:
            for path, text in tree.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as out:
                    out.write(text)
            if not list(CHECKS[name](root)):
                yield "%s: finds nothing in a tree made for it" % name
    with tempfile.TemporaryDirectory() as build:
        folder = os.path.join(build, "lib/cistern/plugins")
        os.makedirs(folder)
        code = 'extern "C" void pocoBuildManifest() {} extern "C" void cistern_plugin_tag() {} void more() {}'
        subprocess.run(["g++", "-shared", "-fPIC", "-x", "c++", "-", "-o", folder + "/bad.so"],
                       input=code, text=True, check=True)
        if not list(check_exports(build)):
            yield "exports: does not notice a third function"


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in [*CHECKS, "bites"]:
        sys.exit(__doc__)
    arguments = sys.argv[2:] or ["."]
    findings = list(bites() if sys.argv[1] == "bites" else CHECKS[sys.argv[1]](*arguments))
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
