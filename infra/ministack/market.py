"""The marketplace as its clients see it: HTTP against the API's own host, nothing else."""

import http.client
import json
import time
import uuid

import cloud as second
import stack as stacks

PASSWORD = "jangteo2026"
# A function's first call starts its process.
ANSWER_SECONDS = 40
SETTLE_SECONDS = 40
TRIES = 3
ROUNDS, ROUND_SECONDS = 6, 8


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body) if self.body else {}

    @property
    def code(self):
        """A problem's code."""
        return self.json.get("code")

    def due(self, status):
        """This reply, which must have that status."""
        if self.status != status:
            raise AssertionError(f"{self.status}, not {status}: {self.body[:300]}")
        return self


class Market:
    def __init__(self, cloud, stack):
        self.cloud, self.stack = cloud, stack
        self.people, self.repeated = {}, 0

    def call(self, method, path, who=None, body=None, headers=None, key=None):
        """One request; what the API asks to send again is sent again, under its key."""
        key = key or str(uuid.uuid4())
        for _ in range(TRIES):
            reply = self.send(method, path, who, body, headers, key)
            if reply.status != 503 or reply.code != "try-again":
                break
            self.repeated += 1
            time.sleep(0.5)
        if reply.code == "internal":
            raise AssertionError(f"{method} {path}: {self.logged(reply.json['requestId'])}")
        return reply

    def logged(self, request):
        """What a function wrote about the request that it failed at."""
        logs = self.cloud.client("logs")
        names = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
        pages = (page for name in names for page in logs.get_paginator(
            "filter_log_events").paginate(logGroupName=name))
        lines = (row["message"] for page in pages for row in page["events"])
        own = (line for line in lines if request in line and '"function"' in line)
        return next(own, f"nothing of {request}")

    def send(self, method, path, who, body, headers, key, seconds=None):
        seconds = seconds or ANSWER_SECONDS * second.patience
        connection = http.client.HTTPConnection("127.0.0.1", self.cloud.port, seconds)
        sent = {"Host": self.stack.host, **(headers or {})}
        if who:
            sent["Authorization"] = f"Bearer {self.token(who)}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        if method == "POST":
            sent["Idempotency-Key"] = key
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            connection.close()

    def get(self, path, who=None, **more):
        return self.call("GET", path, who, **more)

    def post(self, path, who=None, body=None, **more):
        return self.call("POST", path, who, body, **more)

    # --- people ----------------------------------------------------------------------------------

    def join(self, name, phone):
        """Signs up; the answer is the sign-up's own."""
        body = {"email": f"{name}@example.com", "phone": phone, "password": PASSWORD,
                "nickname": name}
        reply = self.post("/v1/users", None, body).due(201)
        self.people[name] = {"id": reply.json["user"]["id"]}
        self.log_in(name)
        return reply

    def log_in(self, name):
        body = {"email": f"{name}@example.com", "password": PASSWORD}
        reply = self.post("/v1/sessions", None, body).due(201)
        # Tokens last 15 minutes of the cloud's time.
        self.people[name].update(token=reply.json["accessToken"], until=self.cloud.ahead + 600)
        return reply

    def token(self, name):
        if self.people[name]["until"] <= self.cloud.ahead:
            self.log_in(name)
        return self.people[name]["token"]

    def id(self, name):
        return self.people[name]["id"]

    def appoint(self, name, role):
        """By hand, as the first admin is made."""
        user = self.id(name)
        self.cloud.client("dynamodb").update_item(
            TableName=f"{stacks.NAME}-identity",
            Key={"pk": {"S": f"user#{user}"}, "sk": {"S": "account"}},
            UpdateExpression="SET #roles = :roles", ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#roles": "roles"},
            ExpressionAttributeValues={":roles": {"L": [{"S": "user"}, {"S": role}]}})
        self.log_in(name)

    def a_week_later(self, name):
        """What a sale brought may leave: nobody can turn this cloud's clock by a week."""
        wallet, table = self.cloud.client("dynamodb"), f"{stacks.NAME}-wallet"
        locks = wallet.query(
            TableName=table, KeyConditionExpression="pk = :pk AND begins_with(sk, :lock)",
            ExpressionAttributeValues={":pk": {"S": f"wallet#{self.id(name)}"},
                                       ":lock": {"S": "lock#"}})["Items"]
        assert locks, f"nothing of {name}'s is locked"
        for lock in locks:
            wallet.delete_item(TableName=table, Key={"pk": lock["pk"], "sk": lock["sk"]})

    # --- what they often do ----------------------------------------------------------------------

    def address(self, name):
        body = {"recipient": "김민지", "phone": "01033334444", "postcode": "06236",
                "line1": "서울 강남구 테헤란로 152"}
        return self.post("/v1/me/addresses", name, body).due(201).json["id"]

    def purse(self, name):
        view = self.get("/v1/wallet", name).due(200).json
        return view["available"], view["held"]

    def kinds(self, name):
        """The kinds of what somebody was notified of."""
        rows = self.get("/v1/notifications", name).due(200).json["items"]
        return [row["kind"] for row in rows]

    def trades(self, name, role="buyer"):
        return self.get(f"/v1/trades?role={role}", name).due(200).json["items"]

    def settles(self, what, ask, seconds=SETTLE_SECONDS):
        """What the workers behind the API bring about, once they did."""
        return second.wait_for(what, seconds, ask)

    def ripens(self, what, ask, step=61):
        """The same for what takes time: the clock moves on while nothing comes. A sweep that was
        under way when it moved has lost that round, and comes again a minute later."""
        for _ in range(ROUNDS):
            try:
                return self.settles(what, ask, ROUND_SECONDS)
            except TimeoutError:
                self.cloud.jump(step)
        return self.settles(what, ask)
