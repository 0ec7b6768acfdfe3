#!/usr/bin/env python3
"""fetch_with_impyla.py HOST PORT none|nosasl STATEMENT: reads all rows as tuples, prints how many."""
import sys

from impala.dbapi import connect

host, port, auth, statement = sys.argv[1:]
connection = connect(host=host, port=int(port), auth_mechanism="NOSASL" if auth == "nosasl" else "PLAIN",
                     user="cistern", password="cistern")
cursor = connection.cursor()
cursor.arraysize = 10000
cursor.execute(statement)
count = 0
while batch := cursor.fetchmany(10000):
    count += len(batch)
print(count)
