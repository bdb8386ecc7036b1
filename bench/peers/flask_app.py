"""Flask, to be run by gunicorn: the synchronous world. The environment names the database."""
import os
import threading

import flask
from items import Items

application = flask.Flask(__name__)
items = Items(os.environ.get("ITEMS_DATABASE", ":memory:"))
one_at_a_time = threading.Lock()


@application.get("/health")
def health():
    return {"status": "ok"}


@application.post("/items")
def save_item():
    body = flask.request.get_data()
    with one_at_a_time:
        return {"pk": items.save(body)}
