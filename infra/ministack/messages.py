"""Queues, dead letters, redrive and schedules on the second cloud."""

import json
import uuid

import cloud as second
import stack as stacks

RECEIVES = 5
RECEIVE_SECONDS = 20
VISIBILITY = 60
# Whatever consumes a queue gives it its name.
CLOSING = "auction-close-auction"
CLOSING_DEAD = f"{CLOSING}-dlq"


class Queues:
    def __init__(self, market):
        self.cloud, self.sqs = market.cloud, market.cloud.client("sqs")

    def url(self, name):
        return self.sqs.get_queue_url(QueueName=f"{stacks.NAME}-{name}")["QueueUrl"]

    def count(self, name):
        """Messages of any kind: waiting, in somebody's hands, delayed."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.url(name), AttributeNames=["All"])
        kinds = ("", "NotVisible", "Delayed")
        return sum(int(found["Attributes"][f"ApproximateNumberOfMessages{kind}"])
                   for kind in kinds)

    def look(self, name):
        """Every message, whoever has it in hand; looking is no receive."""
        page = self.cloud.ask(f"/_ministack/sqs/messages?QueueUrl={self.url(name)}")
        rows = page["messages"][second.ACCOUNT][second.REGION].values()
        return [message for messages in rows for message in messages]

    def bodies(self, name):
        return [message["Body"] for message in self.look(name)]

    def names(self):
        pages = self.sqs.get_paginator("list_queues").paginate()
        urls = [url for page in pages for url in page.get("QueueUrls", [])]
        return [url.rsplit("/", 1)[1].removeprefix(f"{stacks.NAME}-") for url in urls]

    def run_out(self, name):
        """Lets every receive of what fails there happen, one visibility time-out after another."""
        for receive in range(1, RECEIVES + 1):
            second.wait_for(f"receive {receive}", RECEIVE_SECONDS, lambda: all(
                message["ReceiveCount"] >= receive for message in self.look(name)))
            self.cloud.jump(VISIBILITY + 5)


def poison(report, market):
    with report.journey("A poison message: partial batch, dead letters, redrive"):
        queues = Queues(market)
        report.equal("no worker has given up before", dead(queues), {})
        bad = json.dumps({"no": "event", "nonce": str(uuid.uuid4())})
        good = json.dumps({"auctionId": "01938f3c-7e2a-7000-8000-000000000000"})
        entries = [{"Id": "bad", "MessageBody": bad}, {"Id": "good", "MessageBody": good}]
        queues.sqs.send_message_batch(QueueUrl=queues.url(CLOSING), Entries=entries)
        report.check("of a batch only the bad message stays", market.settles(
            "the batch", lambda: queues.bodies(CLOSING) == [bad]))
        queues.run_out(CLOSING)
        report.check(f"after {RECEIVES} receives it is a dead letter", market.settles(
            "the dead letter", lambda: queues.bodies(CLOSING_DEAD) == [bad]))
        report.equal("and its queue is empty", queues.count(CLOSING), 0)
        redrive(report, market, queues, bad)


def redrive(report, market, queues, bad):
    sqs = queues.sqs
    arns = [sqs.get_queue_attributes(QueueUrl=queues.url(name), AttributeNames=["QueueArn"])
            ["Attributes"]["QueueArn"] for name in (CLOSING_DEAD, CLOSING)]
    try:
        sqs.start_message_move_task(SourceArn=arns[0], DestinationArn=arns[1])
    except sqs.exceptions.ClientError as error:
        report.differs("SQS StartMessageMoveTask", "dead letters are moved back one by one",
                       str(error))
        dead_url = queues.url(CLOSING_DEAD)
        for message in sqs.receive_message(QueueUrl=dead_url)["Messages"]:
            sqs.send_message(QueueUrl=queues.url(CLOSING), MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead_url, ReceiptHandle=message["ReceiptHandle"])
    report.check("redriven, it is back with its worker", market.settles(
        "the redrive", lambda: queues.bodies(CLOSING) == [bad]))
    queues.run_out(CLOSING)
    report.check("and ends there again, once", market.settles(
        "the dead letter", lambda: queues.bodies(CLOSING_DEAD) == [bad]))
    sqs.purge_queue(QueueUrl=queues.url(CLOSING_DEAD))


def dead(queues):
    """Dead letters and what could not be handed over, by queue."""
    names = [name for name in queues.names() if name.endswith("-dlq") or name == "undelivered"]
    found = {name: queues.bodies(name) for name in names}
    return {name: bodies for name, bodies in found.items() if bodies}


def logged(market, context, function):
    """Lines that an invocation of that function wrote."""
    logs = market.cloud.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/jangteo/{context}")
    sign = f'"function":"{function}"'
    return [row["message"] for page in pages for row in page["events"] if sign in row["message"]]


def ticks(report, market):
    with report.journey("Schedules: every sweep ticks, and finds nothing to complain of"):
        scheduler = market.cloud.client("scheduler")
        rows = scheduler.list_schedules(GroupName=stacks.NAME)["Schedules"]
        sweeps = [row["Name"].removeprefix(f"{stacks.NAME}-") for row in rows
                  if row["Name"].startswith(f"{stacks.NAME}-")]
        before = {name: len(logged(market, name.split("-")[0], name)) for name in sweeps}
        # The slowest goes every 20 minutes.
        market.cloud.jump(21 * 60)
        for name in sweeps:
            lines = market.settles(name, lambda name=name: logged(
                market, name.split("-")[0], name)[before[name]:])
            report.check(f"{name} ran", '"failed":0' in lines[-1], lines[-1][-400:])


def quiet(report, market):
    with report.journey("Afterwards: nothing waits, nothing was given up"):
        queues = Queues(market)

        def busy():
            return {name: queues.count(name) for name in queues.names()
                    if not name.endswith("-dlq") and queues.count(name)}
        report.check("every queue is empty", market.settles("the queues", lambda: not busy()))
        report.equal("no dead letter, nothing undelivered", dead(queues), {})
