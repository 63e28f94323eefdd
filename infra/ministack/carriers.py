"""Parcels on the second cloud."""

import json

import stack as stacks

WATCHER = f"{stacks.NAME}-trade-on-carrier-webhook"


def brings(report, market, providers, trade, buyer, parcel):
    """The carrier brings a parcel. Its notices go where nobody listens here: the queue is told what
    they would be turned into, and the carrier is asked."""
    providers.brings(parcel, market.cloud.ahead)
    sqs = market.cloud.client("sqs")
    digits = parcel["trackingNumber"].replace("-", "")
    body = json.dumps({"carrierId": parcel["carrier"], "trackingNumber": digits})
    url = sqs.get_queue_url(QueueName=WATCHER)["QueueUrl"]

    def arrived():
        view = market.get(f"/v1/trades/{trade}", buyer).due(200).json
        return view["state"] == "delivered"

    sqs.send_message(QueueUrl=url, MessageBody=body)
    report.check("by the carrier's word it is delivered (queue, Delivery Tracker)",
                 market.settles("the delivery", arrived))
