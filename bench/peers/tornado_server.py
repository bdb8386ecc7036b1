"""Tornado: a peer for GET /health."""
import asyncio
import logging

import tornado.httpserver
import tornado.netutil
import tornado.web


class Health(tornado.web.RequestHandler):
    def get(self):
        self.write({"status": "ok"})  # a dictionary is sent as JSON


async def main():
    logging.getLogger("tornado.access").disabled = True
    server = tornado.httpserver.HTTPServer(tornado.web.Application([("/health", Health)]))
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1", backlog=4096)
    server.add_sockets(sockets)
    print("listening on {}:{}".format(*sockets[0].getsockname()), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
