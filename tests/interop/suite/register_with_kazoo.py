"""Registers instances in ZooKeeper as HiveServer2 does, for as long as its input is open.

    register_with_kazoo.py HOST:PORT NAMESPACE

Reads lines, each with a name and what the node holds with a tab between, and answers each with the path of
the ephemeral node it made. The namespace is made anew.
"""
import sys

from kazoo.client import KazooClient


def main():
    hosts, namespace = sys.argv[1:]
    client = KazooClient(hosts=hosts)
    client.start()
    if client.exists("/" + namespace):
        client.delete("/" + namespace, recursive=True)
    client.ensure_path("/" + namespace)
    print("ready", flush=True)
    for line in sys.stdin:
        name, data = line.rstrip("\n").split("\t")
        print(client.create(f"/{namespace}/{name}", data.encode(), ephemeral=True, sequence=True), flush=True)
    client.stop()


main()
