#!/usr/bin/env python3
"""Tells when a HiveServer2 really answers: a port that accepts may still be minutes from a session.

    probe.py HOST PORT none|nosasl|http|kerberos|http-kerberos [--ca FILE] [--user NAME --password TEXT] [--pid PID] [--wait SECONDS]
    probe.py --free-port

Opens a session and closes it again, with Python's standard library alone, and prints `ready SECONDS`. Without a
library for Kerberos it only sees that the server refuses what is no ticket.
Gives up early when the process PID has ended.
"""
import argparse
import base64
import http.client
import io
import socket
import ssl
import struct
import sys
import time

STOP, BOOL, BYTE, DOUBLE, I16, I32, I64, STRING, STRUCT, MAP, SET, LIST = 0, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15
NUMBERS = {BOOL: ">?", BYTE: ">b", DOUBLE: ">d", I16: ">h", I32: ">i", I64: ">q"}
LARGEST = 1 << 20  # a reply to OpenSession is some hundred bytes


class Refused(Exception):
    """The server answered, and what it said was no."""


def text(data):
    return struct.pack(">i", len(data)) + data


def field(kind, number, payload):
    return struct.pack(">bh", kind, number) + payload


class Framed(io.RawIOBase):
    """The payloads of SASL frames as one stream of bytes."""

    def __init__(self, source):
        self.source, self.left = source, b""

    def read(self, size):
        while len(self.left) < size:
            self.left += exactly(self.source, struct.unpack(">I", exactly(self.source, 4))[0])
        taken, self.left = self.left[:size], self.left[size:]
        return taken


def exactly(source, size):
    if not 0 <= size <= LARGEST:
        raise Refused(f"a length of {size}: not a HiveServer2, or another authentication")
    data = source.read(size)
    if len(data) < size:
        raise EOFError("the server closed the connection")
    return data


def number(source, layout):
    return struct.unpack(layout, exactly(source, struct.calcsize(layout)))[0]


def value(source, kind):
    if kind in NUMBERS:
        return number(source, NUMBERS[kind])
    if kind == STRING:
        return exactly(source, number(source, ">i"))
    if kind == STRUCT:
        fields = {}
        while (member := number(source, ">b")) != STOP:
            identifier = number(source, ">h")
            fields[identifier] = value(source, member)
        return fields
    if kind == MAP:
        key, item, count = number(source, ">b"), number(source, ">b"), number(source, ">i")
        return {value(source, key): value(source, item) for _ in range(count)}
    if kind in (LIST, SET):
        item, count = number(source, ">b"), number(source, ">i")
        return [value(source, item) for _ in range(count)]
    raise Refused(f"unknown wire type {kind}")


class HttpConversation:
    """What Conversation does, each call as a POST."""

    def __init__(self, host, port, ca, login):
        if ca:
            self.socket = http.client.HTTPSConnection(host, port, timeout=30, context=ssl.create_default_context(cafile=ca))
        else:
            self.socket = http.client.HTTPConnection(host, port, timeout=30)
        self.login = login

    def exchange(self, message):
        login = base64.b64encode(b":".join(self.login)).decode()
        self.socket.request("POST", "/cliservice", message, {
            "Content-Type": "application/x-thrift", "Authorization": f"Basic {login}"})
        answer = self.socket.getresponse()
        body = answer.read(LARGEST)
        if answer.status != 200:
            raise Refused(f"HTTP {answer.status}: {body[:200]}")
        return io.BytesIO(body)


    def refuses_a_password(self):
        try:
            self.exchange(b"")
        except Refused as refusal:
            if not str(refusal).startswith("HTTP 401"):
                raise


class Conversation:
    def __init__(self, host, port, auth, ca, login):
        self.login = login
        self.http = HttpConversation(host, port, ca, login) if auth.startswith("http") else None
        if self.http:
            self.socket = self.http.socket
            return
        self.socket = socket.create_connection((host, port), timeout=30)
        if ca:
            self.socket = ssl.create_default_context(cafile=ca).wrap_socket(self.socket, server_hostname=host)
        self.reader, self.framed = self.socket.makefile("rb"), auth != "nosasl"
        if auth == "kerberos":
            return
        if self.framed:
            self.socket.sendall(b"\1" + text(b"PLAIN") + b"\2" + text(b"\0" + b"\0".join(login)))
            status, said = number(self.reader, ">b"), value(self.reader, STRING)
            if status != 5:
                raise Refused(f"login refused: {said.decode(errors='replace')}")
            self.reader = Framed(self.reader)

    def call(self, method, request):
        message = b"\x80\1\0\1" + text(method) + struct.pack(">i", 1) + field(STRUCT, 1, request + b"\0") + b"\0"
        if self.http:
            self.reader = self.http.exchange(message)
        else:
            self.socket.sendall((struct.pack(">I", len(message)) if self.framed else b"") + message)
        kind = number(self.reader, ">I") & 0xFF
        value(self.reader, STRING), number(self.reader, ">i")
        reply = value(self.reader, STRUCT)
        answer = reply.get(0, {})
        if kind != 2 or answer.get(1, {}).get(1) not in (0, 1):
            raise Refused(f"{method.decode()}: {reply}")
        return answer

    def refuses_nonsense(self):
        self.socket.sendall(b"\1" + text(b"GSSAPI") + b"\2" + text(b"no ticket"))
        status, said = number(self.reader, ">b"), value(self.reader, STRING)
        self.socket.close()
        if status not in (3, 4):
            raise Refused(f"status {status} for what is no ticket: {said.decode(errors='replace')}")

    def open_and_close(self):
        wish = field(I32, 1, struct.pack(">i", 9))  # the tenth version of the protocol
        login = field(STRING, 2, text(self.login[0])) + field(STRING, 3, text(self.login[1]))
        opened = self.call(b"OpenSession", wish + login)
        identifier = b"".join(field(STRING, n, text(opened[3][1][n])) for n in (1, 2)) + b"\0"
        self.call(b"CloseSession", field(STRUCT, 1, field(STRUCT, 1, identifier) + b"\0"))
        self.socket.close()


def has_ended(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def wait(options):
    began, last = time.monotonic(), "nothing was tried"
    while time.monotonic() - began < options.wait:
        if options.pid and has_ended(options.pid):
            sys.exit(f"probe: the server has ended; before that: {last}")
        try:
            login = (options.user.encode(), options.password.encode())
            conversation = Conversation(options.host, options.port, options.auth, options.ca, login)
            if options.auth == "kerberos":
                conversation.refuses_nonsense()
            elif options.auth == "http-kerberos":
                conversation.http.refuses_a_password()
            else:
                conversation.open_and_close()
            print(f"ready {time.monotonic() - began:.1f}")
            return
        except (OSError, EOFError, Refused, http.client.HTTPException) as problem:
            last = f"{type(problem).__name__}: {problem}"
        time.sleep(0.2)
    sys.exit(f"probe: no session after {options.wait} s; last: {last}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host", nargs="?")
    parser.add_argument("port", nargs="?", type=int)
    parser.add_argument("auth", nargs="?", choices=["none", "nosasl", "http", "kerberos", "http-kerberos"])
    parser.add_argument("--free-port", action="store_true")
    parser.add_argument("--ca", help="over TLS, with a server that this certificate vouches for")
    parser.add_argument("--user", default="cistern")
    parser.add_argument("--password", default="cistern")
    parser.add_argument("--pid", type=int)
    parser.add_argument("--wait", type=float, default=10)
    options = parser.parse_args()
    if options.free_port:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            print(taken.getsockname()[1])
        return
    wait(options)


if __name__ == "__main__":
    main()
