#!/usr/bin/env python3
"""read_frames.py HOST PORT USER PASSWORD STATEMENT [TIMES]: the least that any client has to do.

Opens a session by SASL PLAIN, runs the statement, asks for all rows and drops each reply unread, a frame
after the other. Prints a line of JSON for each time: seconds of it all, and how many bytes came.
"""
import json
import socket
import sys
import time

from impala._thrift_gen.TCLIService import TCLIService, ttypes
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TTransportBase

FETCH_SIZE = 10000
EMPTY_REPLY = 2000  # bytes; a batch of no rows is smaller than that, one of 10,000 rows is not
PLAIN, COMPLETE, START = b"PLAIN", 5, 1


class Frames(TTransportBase):
    """SASL PLAIN's frames over a socket, without Python's SASL library in between."""

    def __init__(self, host, port, user, password):
        self.connection = TSocket(host, port)
        self.connection.open()
        self.socket = self.connection.handle
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked, self.reply = b"", memoryview(b"")
        login = b"\0" + user.encode() + b"\0" + password.encode()
        for status, text in ((START, PLAIN), (COMPLETE, login)):
            self.socket.sendall(bytes([status]) + len(text).to_bytes(4, "big") + text)
        status, size = self._exactly(1)[0], int.from_bytes(self._exactly(4), "big")
        if status != COMPLETE:
            raise SystemExit(f"the login was refused: {bytes(self._exactly(size))!r}")

    def write(self, data):
        self.asked += data

    def flush(self):
        self.socket.sendall(len(self.asked).to_bytes(4, "big") + self.asked)
        self.asked = b""

    def read(self, size):
        if not self.reply:
            self.reply = self._exactly(int.from_bytes(self._exactly(4), "big"))
        data, self.reply = self.reply[:size], self.reply[size:]
        return bytes(data)

    def drop_frame(self, scratch=bytearray(1 << 20)):
        size = left = int.from_bytes(self._exactly(4), "big")
        while left:
            left -= self._some(memoryview(scratch)[:min(left, len(scratch))])
        return size

    def _exactly(self, size):
        data = memoryview(bytearray(size))
        have = 0
        while have < size:
            have += self._some(data[have:])
        return data

    def _some(self, into):
        got = self.socket.recv_into(into)
        if not got:
            raise SystemExit("the server closed the connection")
        return got


def run(host, port, user, password, statement):
    began = time.monotonic()
    frames = Frames(host, port, user, password)
    client = TCLIService.Client(TBinaryProtocol(frames))
    opened = client.OpenSession(ttypes.TOpenSessionReq(client_protocol=9, username=user))
    reply = client.ExecuteStatement(ttypes.TExecuteStatementReq(opened.sessionHandle, statement, {}, True))
    if reply.status.statusCode > 1:
        raise SystemExit(reply.status.errorMessage)
    finished = ttypes.TOperationState.FINISHED_STATE
    while (status := client.GetOperationStatus(ttypes.TGetOperationStatusReq(reply.operationHandle))).operationState != finished:
        if status.operationState > finished and status.operationState < ttypes.TOperationState.PENDING_STATE:
            raise SystemExit(f"the statement failed: {status.errorMessage}")
        time.sleep(0.005)
    fetch = ttypes.TFetchResultsReq(reply.operationHandle, 0, FETCH_SIZE)
    size = total = EMPTY_REPLY
    while size >= EMPTY_REPLY:
        client.send_FetchResults(fetch)
        size = frames.drop_frame()
        total += size
    client.CloseOperation(ttypes.TCloseOperationReq(reply.operationHandle))
    client.CloseSession(ttypes.TCloseSessionReq(opened.sessionHandle))
    frames.connection.close()
    return {"seconds": time.monotonic() - began, "bytes": total - EMPTY_REPLY}


host, port, user, password, statement, *times = sys.argv[1:]
for _ in range(int(*times) if times else 1):
    print(json.dumps(run(host, int(port), user, password, statement)), flush=True)
