"""The stack, from the templates as they are: packaged as `sam deploy` does, translated by AWS's own
translator, put together (flat.py), created by the cloud's own CloudFormation. Nothing here comes
from the registry.

What the cloud cannot take is left out or done by hand, and told as a difference."""

import io
import json
import re
import subprocess
import time
import zipfile

import cloud as second
import flat
import home

NAME = "jangteo"
BUCKET = "jangteo-artifacts"
CREATE_SECONDS = 90
# What clouds other than AWS know only in part: tried before it costs the whole stack.
PROBED = ["AWS::CloudWatch::Alarm"]
SILENT = [*PROBED, "AWS::Logs::MetricFilter", "AWS::CloudWatch::Dashboard",
          "AWS::SNS::Subscription"]
RESOURCES_MAX = 500
REFUSED = re.compile(r"(AWS::\w+::\w+) Properties\.(\w+) .*is not supported")
LOOPBACK = {"TossBaseUrl": "toss", "KakaoPayBaseUrl": "kakaopay",
            "CarrierApiUrl": "carrier/graphql"}
LENT = [
    ("scheduler:CreateSchedule", "arn:aws:scheduler:*:*:schedule/default/*",
     "is checked against schedule/default/<name> whatever the group",
     "AccessDeniedException … is not authorized to perform: scheduler:CreateSchedule"),
    ("ses:SendEmail", "*", "the condition key ses:FromAddress is never there, nor in the simulator",
     "AccessDeniedException … is not authorized to perform: ses:SendEmail"),
]
APIS = ["HttpApi", "WebApi"]
MACHINES = {"x86_64": 0x3E, "aarch64": 0xB7}


def contexts():
    """The folders that the stacks' functions are packaged from."""
    texts = [path.read_text() for path in (home.ROOT / "infra" / "stacks").glob("*.yaml")]
    found = {name for text in texts
             for name in re.findall(r"CodeUri: \.\./\.\./target/lambda/(\w+)/", text)}
    return sorted(found)


def stripped(binary):
    """A copy without symbols: every function unpacks it, and they are most of it."""
    copy = home.HOME / f"{binary.name}-bootstrap"
    subprocess.run(["strip", "-o", copy, binary], check=True)
    return copy


def bootstrap(context, machine):
    """The packaged binary, which must run here."""
    path = home.ROOT / "target" / "lambda" / context / "bootstrap"
    if home.binaries:
        path = stripped(home.ROOT / home.binaries / context)
    if not path.exists():
        raise SystemExit(f"{path.relative_to(home.ROOT)} is missing: cargo xtask package")
    data = path.read_bytes()
    if data[:4] != b"\x7fELF" or data[18] != MACHINES.get(machine):
        raise SystemExit(f"{path.relative_to(home.ROOT)} is not for this machine ({machine})")
    return data


def archive(data):
    """A zip; it is not sent far, so nothing is compressed."""
    file = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap", (2026, 1, 1, 0, 0, 0))
    entry.external_attr = 0o755 << 16
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr(entry, data)
    return file.getvalue()


def plain(node):
    """The same without references."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1 and next(iter(node)).startswith(("Ref", "Fn::")):
        return "probe"
    return {name: plain(value) for name, value in node.items()}


class Stack:
    """The stack and what was made of it."""

    def __init__(self, cloud, report, providers):
        self.cloud, self.report, self.providers = cloud, report, providers
        self.templates = flat.Templates()
        self.source = {"Resources": self.templates.resources(),
                       "Parameters": self.templates.parent["Parameters"]}
        self.resources, self.outputs, self.left_out = {}, {}, []
        self.host, self.credentials = None, {}
        self.parameters = {
            "TossCheckoutUrl": "https://shop.jangteo.example/toss", "PayoutBank": "toss"}
        for name, path in LOOPBACK.items():
            self.parameters[name] = f"{providers}/{path}"
        self.native = self.translated()

    # --- packaging -------------------------------------------------------------------------------

    def upload(self, machine):
        s3 = self.cloud.client("s3")
        where = {"LocationConstraint": second.REGION}
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        for context in contexts():
            body = archive(bootstrap(context, machine))
            s3.put_object(Bucket=BUCKET, Key=f"{context}.zip", Body=body)
        return len(contexts())

    def packaged(self, template):
        """As `sam package` leaves it. Providers on loopback have no certificate, so the two
        patterns that demand one are taken out of this copy."""
        copy = json.dumps(template)
        copy = re.sub(r'"\.\./\.\./target/lambda/(\w+)/"', rf'"s3://{BUCKET}/\1.zip"', copy)
        template = json.loads(copy)
        for name in LOOPBACK:
            template["Parameters"].get(name, {}).pop("AllowedPattern", None)
        return template

    def translated(self):
        """One native template of all: see flat.py."""
        native = self.templates.flat(self.parameters, self.packaged)
        for name in self.left_out:
            del native["Resources"][name]
        return native

    # --- CloudFormation --------------------------------------------------------------------------

    def published(self, name, template):
        """What names a stack of that template, which goes by way of S3 because of its size."""
        body = json.dumps(template)
        self.cloud.client("s3").put_object(Bucket=BUCKET, Key="template.json", Body=body)
        return {
            "StackName": name, "TemplateURL": f"{self.cloud.endpoint}/{BUCKET}/template.json",
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": [{"ParameterKey": name, "ParameterValue": value}
                           for name, value in self.parameters.items()
                           if name in template.get("Parameters", {})],
        }

    def settle(self, name=NAME):
        """How a stack's change ended: its status and, per failed resource, the reason."""
        client = self.cloud.client("cloudformation")
        due = time.monotonic() + CREATE_SECONDS * second.patience
        while True:
            stack = client.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("IN_PROGRESS"):
                break
            if time.monotonic() > due:
                raise TimeoutError(f"the stack is {stack['StackStatus']}")
            time.sleep(0.3)
        events = client.describe_stack_events(StackName=name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        self.outputs = {row["OutputKey"]: row["OutputValue"] for row in stack.get("Outputs", [])}
        return stack["StackStatus"], failed

    def create(self):
        """Creates the stack; a property that this cloud does not know costs its resources, told."""
        self.report.differs(
            "Nested stacks", "each is translated by itself, then all are put into one, every "
            "parameter replaced by what the parent hands over",
            "AWS::CloudFormation::Stack: the transform of a nested template is not applied")
        self.probe()
        self.cloud.client("cloudformation").create_stack(**self.published(NAME, self.native))
        status, failed = self.settle()
        if status != "CREATE_COMPLETE":
            raise RuntimeError(f"{status}: {failed}")
        self.learn()

    def probe(self):
        """Tries one resource of every kind with every set of properties, alone, with words in place
        of what refers to others: only what the cloud says it does not support is left out."""
        kinds = {}
        for name, row in self.native["Resources"].items():
            if row["Type"] in PROBED:
                shape = (row["Type"], tuple(sorted(row["Properties"])))
                kinds.setdefault(shape, []).append(name)
        client = self.cloud.client("cloudformation")
        for names in kinds.values():
            alone = {"Resources": {"Probe": plain(self.native["Resources"][names[0]])}}
            client.create_stack(**self.published("probe", alone))
            _, failed = self.settle("probe")
            client.delete_stack(StackName="probe")
            self.cloud_forgets(client, "probe")
            refused = [found for event in failed for found in
                       [REFUSED.search(event.get("ResourceStatusReason", ""))] if found]
            if refused:
                kind, field = refused[0].groups()
                self.leave_out(names)
                self.report.differs(f"{kind} with {field}", f"left out: {', '.join(names)}",
                                    refused[0].group(0))
        resources = self.native["Resources"]
        if len(resources) > RESOURCES_MAX:
            # All stacks in one are more than a template may have; alarms ring nowhere here, nor is
            # anything counted for them, shown, or told of them.
            silent = [name for name, row in resources.items() if row["Type"] in SILENT]
            self.leave_out(silent)
            self.report.differs("All stacks in one",
                                f"left out: {len(silent)} alarms, what counts for them, shows and "
                                "tells",
                                f"a template has at most {RESOURCES_MAX} resources")

    def leave_out(self, names):
        self.left_out += names
        for name in names:
            del self.native["Resources"][name]

    def cloud_forgets(self, client, name=NAME):
        def gone():
            try:
                stacks = client.describe_stacks(StackName=name)["Stacks"]
            except client.exceptions.ClientError:
                return True
            return stacks[0]["StackStatus"] == "DELETE_COMPLETE"
        second.wait_for("deleting the stack", CREATE_SECONDS, gone)

    def learn(self):
        """What was made: physical ids by logical id, and the native template behind the SAM one."""
        pages = self.cloud.client("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=NAME):
            for row in page["StackResourceSummaries"]:
                self.resources[row["LogicalResourceId"]] = row

    def count(self, kind):
        return sum(row["ResourceType"] == kind for row in self.resources.values())

    def physical(self, name):
        return self.resources[name]["PhysicalResourceId"]

    def update(self, **parameters):
        """`sam deploy` once more with the same template."""
        self.parameters.update(parameters)
        self.native = self.translated()
        self.cloud.client("cloudformation").update_stack(**self.published(NAME, self.native))
        status, failed = self.settle()
        if status != "UPDATE_COMPLETE":
            reasons = [event.get("ResourceStatusReason") for event in failed]
            raise RuntimeError(f"{status}: {reasons}")

    def secrets(self, report, given):
        """Puts every secret in: what the providers give, and a random key by the template's own
        rules."""
        client = self.cloud.client("secretsmanager")
        odd = []
        for name, resource in self.source["Resources"].items():
            if resource["Type"] != "AWS::SecretsManager::Secret":
                continue
            rules = dict(resource["Properties"]["GenerateSecretString"])
            value = json.loads(rules.pop("SecretStringTemplate"))
            key = rules.pop("GenerateStringKey")
            made = client.get_secret_value(SecretId=self.physical(name))["SecretString"]
            if not re.search(f'"{key}": ?"[0-9a-f]{{64}}"', made):
                odd.append(name)
            value[key] = client.get_random_password(**rules)["RandomPassword"]
            value.update({field: given[field] for field in value if field in given})
            client.put_secret_value(
                SecretId=self.physical(name), SecretString=json.dumps(value))
            report.check(f"{name}: its key is 32 bytes of hex by the template's own rules",
                         re.fullmatch("[0-9a-f]{64}", value[key]))
        if odd:
            self.report.differs(
                "GenerateSecretString", "only length and excluded characters count: all secrets "
                "are put in by hand, made by GetRandomPassword with the template's settings",
                f"keys that are not 64 hex digits: {', '.join(odd)}")

    def environment(self, function):
        client = self.cloud.client("lambda")
        found = client.get_function_configuration(FunctionName=f"{NAME}-{function}")
        return found["Environment"]["Variables"]

    def lend(self):
        """Where this cloud's IAM looks at something else than AWS's, what it looks at is allowed
        beside what the template allows."""
        for action, resource, why, error in LENT:
            statement = {"Effect": "Allow", "Action": action, "Resource": resource}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            lent = [name for name, row in self.source["Resources"].items()
                    if action in json.dumps(row.get("Properties", {}))]
            for name in lent:
                self.cloud.client("iam").put_role_policy(
                    RoleName=self.physical(f"{name}Role"), PolicyName=action.replace(":", "-"),
                    PolicyDocument=document)
            self.report.differs(action, f"{why}; {resource} is allowed, too, for {', '.join(lent)}",
                                error)

    # --- routes ----------------------------------------------------------------------------------

    def resolve(self, node):
        """The intrinsics that occur in the API's definition."""
        if isinstance(node, list):
            return [self.resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, value), = node.items()
            if name == "Ref":
                return self.variable(value)
            if name == "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda found: self.variable(found[1]), value)
            if name == "Fn::GetAtt":
                return self.variable(value if isinstance(value, str) else ".".join(value))
        return {name: self.resolve(value) for name, value in node.items()}

    def variable(self, name):
        fixed = {"AWS::Partition": "aws", "AWS::Region": second.REGION, "AWS::StackName": NAME,
                 "AWS::AccountId": second.ACCOUNT}
        if name in fixed:
            return fixed[name]
        if name in self.source["Parameters"]:
            value = self.parameters.get(name, self.source["Parameters"][name]["Default"])
            listed = self.source["Parameters"][name]["Type"] == "CommaDelimitedList"
            return value.split(",") if listed else value
        logical, _, attribute = name.partition(".")
        if attribute != "Arn":
            raise KeyError(name)
        kind = self.resources[logical]["ResourceType"]
        known = {
            "AWS::Lambda::Function": f"arn:aws:lambda:{second.REGION}:{second.ACCOUNT}:function:",
            "AWS::IAM::Role": f"arn:aws:iam::{second.ACCOUNT}:role/",
        }
        return known[kind] + self.physical(logical)

    def route(self):
        """Makes the routes of the APIs' definitions, one integration each."""
        self.host = self.outputs["ApiUrl"].split("://")[1]
        made = [self.route_one(api) for api in APIS]
        if not all(ignored for _, _, ignored in made):
            self.report.say("  this cloud makes routes from a definition")
        else:
            self.report.differs(
                "AWS::ApiGatewayV2::Api Body", "ignored: every route is made from it, by hand",
                'GET /v1/health: 404 {"message":"Not Found"}, get_routes: []')
        return sum(row[0] for row in made), sum(row[1] for row in made)

    def route_one(self, name):
        """Routes made and wanted of one API, and whether they had to be made by hand."""
        gateway = self.cloud.client("apigatewayv2")
        api = self.physical(name)
        made = len(gateway.get_routes(ApiId=api, MaxResults="500")["Items"])
        body = self.native["Resources"][name]["Properties"]["Body"]
        wanted = sum(len(methods) for methods in body["paths"].values())
        if made:
            return made, wanted, False
        for path, methods in body["paths"].items():
            for method, operation in methods.items():
                asked = self.resolve(operation["x-amazon-apigateway-integration"])
                integration = gateway.create_integration(
                    ApiId=api, IntegrationType=asked["type"].upper(),
                    IntegrationMethod=asked["httpMethod"], IntegrationUri=asked["uri"],
                    CredentialsArn=asked["credentials"],
                    PayloadFormatVersion=asked["payloadFormatVersion"])
                plain = method == "x-amazon-apigateway-any-method"
                verb = "ANY" if plain else method.upper()
                self.credentials[asked["uri"]] = asked["credentials"]
                key = path if path == "$default" else f"{verb} {path}"
                gateway.create_route(
                    ApiId=api, RouteKey=key, Target=f"integrations/{integration['IntegrationId']}")
                made += 1
        # The translator had the parameter's default, which is text; CloudFormation has a list.
        cors = self.resolve(body["x-amazon-apigateway-cors"])
        if isinstance(cors["allowOrigins"], str):
            cors["allowOrigins"] = cors["allowOrigins"].split(",")
        gateway.update_api(ApiId=api, CorsConfiguration={
            "".join(part.capitalize() for part in re.split("(?=[A-Z])", name)): value
            for name, value in cors.items()})
        return made, wanted, True
