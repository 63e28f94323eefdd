"""What was deployed, against what the template declares and what its roles may do."""

import json

import cloud as second
import stack as stacks

def sources(report, stack):
    """Every event source: filter, batch, partial answers, as the template has them."""
    mappings = stack.cloud.client("lambda").get_paginator("list_event_source_mappings").paginate()
    made = {row["UUID"]: row for page in mappings for row in page["EventSourceMappings"]}
    due = {name: resource for name, resource in stack.native["Resources"].items()
           if resource["Type"] == "AWS::Lambda::EventSourceMapping"}
    wrong, roles = [], []
    for name, resource in due.items():
        wanted, row = resource["Properties"], made.get(stack.physical(name), {})
        for field in ("BatchSize", "FunctionResponseTypes", "FilterCriteria",
                      "BisectBatchOnFunctionError", "MaximumRetryAttempts"):
            if wanted.get(field) != row.get(field) and field in wanted:
                wrong.append(f"{name}.{field}: {row.get(field)!r}")
        if "ReportBatchItemFailures" not in row.get("FunctionResponseTypes", []):
            wrong.append(f"{name}: no partial answers")
        roles.append((row["FunctionArn"].split(":")[6], row["EventSourceArn"]))
    report.figures["event_sources"] = len(made)
    report.equal("every event source has the template's batch, filter and partial answers",
                 (wrong, len(made)), ([], len(due)))
    return roles


def functions(report, stack):
    """Functions and their environments: nothing unresolved, each with a role of its own."""
    pages = stack.cloud.client("lambda").get_paginator("list_functions").paginate()
    rows = {row["FunctionName"]: row for page in pages for row in page["Functions"]}
    wanted = [resource["Properties"] for resource in stack.source["Resources"].values()
              if resource["Type"] == "AWS::Serverless::Function"]
    report.figures["functions"] = len(rows)
    report.equal("every function of the template is there", len(rows), len(wanted))
    settings = {(row["Handler"], row["MemorySize"], row["Timeout"]) for row in rows.values()}
    due = {(row["Handler"], row["MemorySize"], row["Timeout"]) for row in wanted}
    report.equal("handlers, memory and time-outs are the template's", settings, due)
    return rows


def environments(report, stack):
    """Nothing unresolved; asked when no generated secret can look like it."""
    pages = stack.cloud.client("lambda").get_paginator("list_functions").paginate()
    text = json.dumps([row["Environment"] for page in pages for row in page["Functions"]])
    odd = [sign for sign in ("{{resolve", "${", "Fn::", '"Ref"') if sign in text]
    report.equal("every environment is resolved", odd, [])


def queues(report, stack):
    """Every queue that is consumed redrives to its own dead letters."""
    sqs = stack.cloud.client("sqs")
    names = ["RedrivePolicy", "VisibilityTimeout", "QueueArn"]
    count, wrong = 0, []
    for name, resource in stack.source["Resources"].items():
        wanted = resource.get("Properties", {}).get("RedrivePolicy")
        if resource["Type"] != "AWS::SQS::Queue" or not wanted:
            continue
        count += 1
        found = sqs.get_queue_attributes(QueueUrl=stack.physical(name), AttributeNames=names)
        policy = json.loads(found["Attributes"].get("RedrivePolicy", "{}"))
        own = found["Attributes"]["QueueArn"] + "-dlq"
        if (policy.get("deadLetterTargetArn"), int(policy.get("maxReceiveCount", 0))) != (
                own, wanted["maxReceiveCount"]):
            wrong.append(f"{name}: {policy}")
    report.figures["queues"] = stack.count("AWS::SQS::Queue")
    report.equal("every worker's queue redrives to its dead letters", wrong, [])
    return count


class Permissions:
    """Asks the cloud's IAM whether a role may do something."""

    def __init__(self, stack):
        self.iam = stack.cloud.client("iam")

    def allowed(self, role, action, resource):
        answer = self.iam.simulate_principal_policy(
            PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource])
        return answer["EvaluationResults"][0]["EvalDecision"] == "allowed"


def roles(report, stack, rows, consumed):
    """Who starts whom: the API's roles per route, the scheduler's, the workers' own."""
    may = Permissions(stack)
    gateway = stack.cloud.client("apigatewayv2")
    apis = [stack.physical(name) for name in stacks.APIS]
    items = [item for api in apis
             for item in gateway.get_integrations(ApiId=api, MaxResults="500")["Items"]]
    refused = []
    for item in items:
        function = item["IntegrationUri"].split("/functions/")[1].removesuffix("/invocations")
        role = item.get("CredentialsArn") or stack.credentials[item["IntegrationUri"]]
        if not may.allowed(role, "lambda:InvokeFunction", function):
            refused.append(function)
    report.figures["routes"] = len(items)
    report.equal("every route: its role may start its function", refused, [])
    scheduler = stack.cloud.client("scheduler")
    group, refused, count = stacks.NAME, [], 0
    for row in scheduler.list_schedules(GroupName=group)["Schedules"]:
        target = scheduler.get_schedule(GroupName=group, Name=row["Name"])["Target"]
        count += 1
        if not may.allowed(target["RoleArn"], "lambda:InvokeFunction", target["Arn"]):
            refused.append(row["Name"])
    report.figures["schedules"] = count
    report.equal("every schedule: its role may start its function", refused, [])
    refused = []
    for name, source in consumed:
        queue = ":sqs:" in source
        actions = (("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes") if queue
                   else ("dynamodb:GetRecords", "dynamodb:GetShardIterator"))
        refused += [f"{name} {action}" for action in actions
                    if not may.allowed(rows[name]["Role"], action, source)]
    report.equal("every event source: its function may read it", refused, [])
    bounds(report, stack, rows, may)


def bounds(report, stack, rows, may):
    """What some functions may, and may not."""
    def role(name):
        return rows[f"{stacks.NAME}-{name}"]["Role"]
    place = f"{second.REGION}:{second.ACCOUNT}"
    group = f"arn:aws:scheduler:{place}:schedule/{stacks.NAME}"
    worker = role("auction-on-auction-created")
    report.check("a new auction's worker may schedule in the stack's group, nowhere else",
                 may.allowed(worker, "scheduler:CreateSchedule", f"{group}/close-1")
                 and not may.allowed(worker, "scheduler:CreateSchedule", f"{group}-2/close-1"))
    wallet = f"arn:aws:dynamodb:{place}:table/{stacks.NAME}-wallet"
    report.check("and a bid may not touch a wallet",
                 not may.allowed(role("auction-place-bid"), "dynamodb:UpdateItem", wallet))
    listed = stack.cloud.client("secretsmanager").list_secrets()["SecretList"]
    arns = {row["Name"].removeprefix(f"{stacks.NAME}-"): row["ARN"] for row in listed}

    def readable(name):
        return [secret for secret, arn in sorted(arns.items())
                if may.allowed(role(name), "secretsmanager:GetSecretValue", arn)]
    report.equal("a bid reads what it seals and signs with, a charge its card's key, a balance none",
                 [readable("auction-place-bid"), readable("payment-charge-card"),
                  readable("wallet-read-wallet")],
                 [["sealing", "signing"], ["payment", "sealing"], []])


def bus(report, stack):
    """Every rule reaches one queue, which lets the bus in."""
    events, sqs = stack.cloud.client("events"), stack.cloud.client("sqs")
    rules = events.list_rules(EventBusName=stacks.NAME)["Rules"]
    shut = []
    for rule in rules:
        for target in events.list_targets_by_rule(Rule=rule["Name"],
                                                  EventBusName=stacks.NAME)["Targets"]:
            url = sqs.get_queue_url(QueueName=target["Arn"].split(":")[-1])["QueueUrl"]
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
            policy = json.loads(found.get("Attributes", {}).get("Policy", '{"Statement": []}'))
            allowed = [row for row in policy["Statement"]
                       if row["Principal"] == {"Service": "events.amazonaws.com"}]
            if not allowed:
                shut.append(rule["Name"])
    report.figures["bus_rules"] = len(rules)
    report.equal("every rule's queue lets the bus in", (len(rules), shut),
                 (stack.count("AWS::Events::Rule"), []))


def inspect(report, stack):
    consumed = sources(report, stack)
    rows = functions(report, stack)
    queues(report, stack)
    bus(report, stack)
    roles(report, stack, rows, consumed)
    report.figures["resources"] = len(stack.resources)
    report.figures["tables"] = stack.count("AWS::DynamoDB::Table")
