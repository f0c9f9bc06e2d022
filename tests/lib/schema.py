#!/usr/bin/env python3
# What another implementation of JSON Schema says: schema.py FOLDER. Each line of stdin is an array: the name of a schema and a
# value. For each a line is printed: what is wrong, or nothing. First the schemas themselves are checked.
import glob
import json
import os
import sys

from jsonschema import Draft202012Validator

validators = {}
for path in glob.glob(os.path.join(sys.argv[1], "*.json")):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validators[os.path.basename(path)[:-5]] = Draft202012Validator(schema)
for line in sys.stdin.buffer:
    name, value = json.loads(line)
    error = next(validators[name].iter_errors(value), None)
    print("" if error is None else error.message.replace("\n", " ")[:200])
