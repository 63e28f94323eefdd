"""The parent and its nested stacks as one template, for a cloud that makes no nested stacks: every
parameter of a nested stack becomes what the parent hands it.

    PYTHON infra/ministack/flat.py

with a Python that has AWS's own translator (aws-sam-translator) tells what each template comes to
after the transform, and fails where one is bigger than CloudFormation takes, or where something of
the whole refers to nothing. It needs neither binaries nor a cloud."""

import json
import logging
import os
import re
import sys
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = "AWS::Serverless::Application"
# Of CloudFormation's 500 resources, its dynamic references, its megabyte.
LIMITS = {"resources": 450, "dynamic references": 60, "kB": 900}

# The translator asks for it, and complains that nobody collects its own metrics.
os.environ.setdefault("AWS_DEFAULT_REGION", "ap-northeast-2")
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)


class Templates:
    """The templates as they are written."""

    def __init__(self):
        self.parent = yaml_parse((ROOT / "template.yaml").read_text())
        self.stacks = {name: row["Properties"]
                       for name, row in self.parent["Resources"].items()
                       if row["Type"] == APPLICATION}
        self.children = {name: yaml_parse((ROOT / stack["Location"]).read_text())
                         for name, stack in self.stacks.items()}

    def resources(self):
        """Every resource that is written, of whichever template."""
        own = {name: row for name, row in self.parent["Resources"].items()
               if name not in self.stacks}
        return joined([own, *(child["Resources"] for child in self.children.values())])

    def flat(self, parameters, packaged=lambda template: template):
        """All of it as one native template. `packaged` does to a template what `sam package` does,
        to the places of its code above all."""
        parent = json.loads(json.dumps(self.parent))
        for name in self.stacks:
            del parent["Resources"][name]
        for row in parent["Resources"].values():
            row["DependsOn"] = [name for name in row.get("DependsOn", [])
                                if name not in self.stacks]
            if not row["DependsOn"]:
                del row["DependsOn"]
        whole = native(packaged(parent), parameters)
        outputs = {}
        for name, child in self.children.items():
            given = self.stacks[name]["Parameters"]
            made = filled(native(packaged(child), {}), given)
            for part in ("Resources", "Conditions"):
                whole[part] = joined([whole.get(part, {}), made.get(part, {})])
            outputs |= {(name, f"Outputs.{key}"): row["Value"]
                        for key, row in made.get("Outputs", {}).items()}
        for row in whole["Outputs"].values():
            row["Value"] = outputs.get(attribute(row["Value"]), row["Value"])
        return whole


def native(template, parameters):
    """What AWS's own translator makes of it."""
    nothing = type("Loader", (), {"load": staticmethod(lambda: {})})
    return transform(json.loads(json.dumps(template)), dict(parameters), nothing)


def joined(parts):
    """Several maps in one. The same twice is once; two things of one name are a fault."""
    whole = {}
    for part in parts:
        for name, row in part.items():
            if whole.setdefault(name, row) != row:
                raise ValueError(f"two things are called {name}")
    return whole


def attribute(node):
    """The resource and attribute of a `Fn::GetAtt`."""
    value = node.get("Fn::GetAtt") if isinstance(node, dict) else None
    return tuple(value.split(".", 1) if isinstance(value, str) else value or ())


def filled(node, given):
    """The same with what is given in place of every parameter."""
    if isinstance(node, list):
        return [filled(item, given) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        (key, value), = node.items()
        if key == "Ref" and value in given:
            return given[value]
        if key == "Fn::Sub" and isinstance(value, str):
            return {key: re.sub(r"\$\{(\w+)\}", lambda found: spelled(found, given), value)}
    return {key: filled(value, given) for key, value in node.items()}


def spelled(found, given):
    """A parameter inside of a text: what is given must be a reference."""
    if found[1] not in given:
        return found[0]
    value = given[found[1]]
    return "${" + (value["Ref"] if "Ref" in value else ".".join(attribute(value))) + "}"


def referred(node):
    """The names that are referred to."""
    if isinstance(node, list):
        return set().union(*map(referred, node), set())
    if not isinstance(node, dict):
        return set()
    names = set().union(*map(referred, node.values()), set())
    if isinstance(node.get("Ref"), str):
        names.add(node["Ref"])
    if isinstance(node.get("Fn::Sub"), str):
        names |= {name.split(".")[0] for name in re.findall(r"\$\{([^}!]+)\}", node["Fn::Sub"])}
    return names | set(attribute(node)[:1])


def figures(template):
    """What CloudFormation counts."""
    text = json.dumps(template, separators=(",", ":"))
    return {"resources": len(template["Resources"]), "dynamic references":
            text.count("{{resolve:"), "kB": len(text) // 1000}


def main():
    templates, faults = Templates(), []
    parent = json.loads(json.dumps(templates.parent))
    for name in templates.stacks:
        parent["Resources"][name]["Properties"]["Location"] = f"https://bucket/{name}.template"
    uploaded = lambda template: json.loads(re.sub(  # noqa: E731
        r'"\.\./\.\./target/lambda/(\w+)/"', r'"s3://bucket/\1.zip"', json.dumps(template)))
    for name, template in [("parent", parent), *templates.children.items()]:
        found = figures(native(uploaded(template), {}))
        print(f"{name:<20}" + "".join(f"{found[what]:>6} {what}" for what in LIMITS))
        for what, most in LIMITS.items():
            if found[what] > most:
                faults.append(f"{name}: {found[what]} {what}")
    whole = templates.flat({}, uploaded)
    print(f"{'all in one':<20}{len(whole['Resources']):>6} resources")
    known = {*whole["Resources"], *whole["Parameters"]}
    for part in ("Resources", "Outputs", "Conditions"):
        names = referred(whole[part])
        faults += [f"{part}: nothing is called {name}" for name in sorted(names - known)
                   if not name.startswith("AWS::")]
    for fault in faults:
        print(f"FAILED  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
