"""Asks ansible-core what templates come to: JSON on standard input, JSON on standard output.

In: {"folder": PATH, "files": [{"vars": PATH, "templates": [TEXT, ...]}, ...]}.
A file may also hold "yaml": texts to read as YAML, answered after its templates. Out: for each file a list of {"value": ...} or {"error": true, "said": TEXT}. One process answers thousands of templates in a
second, where ansible-playbook would start a process for each.
"""

import json
import sys

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from jinja2 import Undefined


def answer(templar, text):
    try:
        value = templar.template(text, fail_on_undefined=True)
        return json.loads(json.dumps({"value": value}, default=shown), parse_float=mark, parse_constant=mark, parse_int=whole)
    except Exception as error:  # whatever a template makes ansible-core raise is its answer
        return {"error": True, "said": str(error)[:200]}


def shown(value):
    return "" if isinstance(value, Undefined) else repr(value)


def read(loader, text):
    try:
        return plain(loader.load(text, json_only=False))
    except Exception as error:
        return {"error": True, "said": str(error)[:200]}


def plain(value):
    text = json.dumps({"value": value}, default=str)
    return json.loads(text, parse_float=mark, parse_constant=mark, parse_int=whole)


def mark(text):
    return {"$number": text}


def whole(text):
    number = int(text)
    return number if abs(number) <= 2**53 - 1 else {"$number": text}


def main():
    asked = json.load(sys.stdin)
    answers = []
    for file in asked["files"]:
        loader = DataLoader()
        loader.set_basedir(asked["folder"])
        variables = dict(loader.load_from_file(file["vars"]) or {})
        variables.update(
            playbook_dir=asked["folder"],
            inventory_hostname="localhost",
            groups={"all": ["localhost"], "ungrouped": ["localhost"]},
        )
        told = [answer(Templar(loader, variables=variables), text) for text in file["templates"]]
        answers.append(told + [read(loader, text) for text in file.get("yaml", [])])
    json.dump(answers, sys.stdout)


main()
