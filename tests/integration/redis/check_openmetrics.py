#!/usr/bin/env python3
"""Reads OpenMetrics text with Prometheus' own parser and says what it found, a line for each sample.

usage: check_openmetrics.py FILE     exit status 77: the parser is not installed
"""
import sys

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
except ImportError:
    print("python3-prometheus-client is not installed")
    sys.exit(77)

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
for family in text_string_to_metric_families(text):
    for sample in family.samples:
        labels = ",".join("%s=%s" % pair for pair in sorted(sample.labels.items()))
        print("%s %s %s{%s} %g" % (family.type, family.unit or "-", sample.name, labels, sample.value))
