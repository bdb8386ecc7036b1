"""aiohttp on uvloop: the peer of chapter 05 in Python. Saving blocks the loop: a thread for it would
cost more than it gains, since only one transaction can be under way."""
import argparse
import asyncio

import uvloop
from aiohttp import web
from items import Items


async def health(_):
    return web.json_response({"status": "ok"})


def save_item(items):
    async def handler(request):
        return web.json_response({"pk": items.save(await request.read())})

    return handler


async def main(options):
    application = web.Application()
    application.router.add_get("/health", health)
    application.router.add_post("/items", save_item(Items(options.database)))
    runner = web.AppRunner(application, access_log=None, keepalive_timeout=3600)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    print("listening on {}:{}".format(*runner.addresses[0]), flush=True)
    await asyncio.Event().wait()


parser = argparse.ArgumentParser()
parser.add_argument("--database", default=":memory:")
uvloop.install()
asyncio.run(main(parser.parse_known_args()[0]))
