"""Signs what schemathesis sends, as Protocol/identity.md §2 says, and steers part of it to where something happens.

Random names of hosts and sessions are nobody's, and random epochs nobody's turn: without help, nearly every signed
request would end at "no such session". So valid path parameters become those of what earlier answers gave, half the
time, and heartbeats get their host's epoch. What schemathesis made invalid on purpose stays as it is.
"""

import base64
import hashlib
import json
import os
import random
import re
import threading
import time

import requests
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED = int(os.environ.get("MARTLET_FUZZ_SEED", "1"))
LOCK = threading.Lock()
CHANCE = random.Random(SEED)
CURRENT = threading.local()
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Sender:
    """One identity, and what the indexer has given it."""

    def __init__(self, number):
        self.key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{SEED}/{number}".encode()).digest())
        public = self.key.public_key().public_bytes_raw()
        self.key_id = base64url(public)
        self.name = base64url(hashlib.sha256(public).digest()[:16])
        self.sessions = []
        self.epoch = 0
        self.sequence = 0


SENDERS = [Sender(number) for number in range(8)]


class Signature(requests.auth.AuthBase):
    """Signs the request as it goes on the wire."""

    def __init__(self, sender):
        self.sender = sender

    def __call__(self, request):
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        elif not isinstance(body, bytes):
            body = b"".join(body)
            request.body = body
        path, _, query = request.path_url.partition("?")
        digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
        parameters = (
            '("@method" "@path" "@query" "content-digest")'
            f';created={int(time.time())};nonce="{base64url(os.urandom(16))}"'
            f';keyid="{self.sender.key_id}";alg="ed25519"'
        )
        text = "\n".join(
            [
                f'"@method": {request.method}',
                f'"@path": {path}',
                f'"@query": ?{query}',
                f'"content-digest": {digest}',
                f'"@signature-params": {parameters}',
            ]
        )
        request.headers["Content-Digest"] = digest
        request.headers["Signature-Input"] = "martlet=" + parameters
        request.headers["Signature"] = "martlet=:" + base64.b64encode(self.sender.key.sign(text.encode())).decode() + ":"
        return request


def is_identifier(value):
    return isinstance(value, str) and IDENTIFIER.fullmatch(value)


@schemathesis.hook
def before_call(context, case, kwargs):
    with LOCK:
        sender = CHANCE.choice(SENDERS)
        steers = CHANCE.random() < 0.7
        pick = CHANCE.random()
    CURRENT.sender = sender
    # Where it was left out on purpose, the indexer must notice.
    if "Signature" in (case.headers or {}):
        kwargs["auth"] = Signature(sender)
    if not steers:
        return
    path, body = case.path_parameters or {}, case.body
    if is_identifier(path.get("host")):
        path["host"] = sender.name
    if is_identifier(path.get("session")) and sender.sessions:
        path["session"] = sender.sessions[int(pick * len(sender.sessions))]
    if not isinstance(body, dict):
        return
    if case.operation.path.endswith("/heartbeat") and isinstance(body.get("epoch"), int) and "sequence" in body:
        if isinstance(body["sequence"], int) and not isinstance(body["sequence"], bool) and body["sequence"] >= 0:
            sender.sequence += 1
            body["epoch"], body["sequence"] = sender.epoch, sender.sequence
    for order in (body, body.get("order")):
        if isinstance(order, dict) and isinstance(order.get("game"), str) and re.fullmatch("[a-z0-9-]{1,64}", order["game"]):
            order["game"] = "freedoom"


@schemathesis.hook
def after_call(context, case, response):
    sender = getattr(CURRENT, "sender", None)
    if sender is None:
        return
    try:
        answer = json.loads(response.content)
    except ValueError:
        return
    if response.status_code == 201 and isinstance(answer, dict):
        sender.sessions = (sender.sessions + [answer["session"]])[-16:]
    if response.status_code == 200 and isinstance(answer, dict) and answer.get("host") == sender.name:
        sender.epoch, sender.sequence = answer["epoch"], 0
