// Node's own HTTP server, with nothing on top: a peer for GET /health.
'use strict';

const body = '{"status":"ok"}';
const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };

const server = require('http').createServer((request, response) => {
  const found = request.method === 'GET' && request.url === '/health';
  response.writeHead(found ? 200 : 404, headers);
  response.end(body);
});
server.keepAliveTimeout = 0; // between two rounds a connection is idle
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`listening on 127.0.0.1:${server.address().port}`);
});
