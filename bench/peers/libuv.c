/* libuv's loop, with as much of HTTP as one request needs: a peer of chapter 04. Built where
   pkg-config finds libuv. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static char answer[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 15\r\n"
    "\r\n"
    "{\"status\":\"ok\"}";

/* All clients share one buffer: what is read is used before the loop goes on. */
static char shared[65536];

static void checked(const char* what, int result) {
    if (result >= 0) return;
    fprintf(stderr, "%s: %s\n", what, uv_strerror(result));
    exit(1);
}

static void lend(uv_handle_t* client, size_t wanted, uv_buf_t* buffer) {
    (void)client;
    (void)wanted;
    *buffer = uv_buf_init(shared, sizeof shared);
}

static void release(uv_handle_t* client) { free(client); }

static void sent(uv_write_t* request, int status) {
    (void)status; /* a client that is gone is told to received() */
    free(request);
}

static void reply(uv_stream_t* client) {
    uv_buf_t bytes = uv_buf_init(answer, sizeof answer - 1);
    if (uv_try_write(client, &bytes, 1) == (int)bytes.len) return;
    uv_write_t* request = malloc(sizeof *request);
    if (request && uv_write(request, client, &bytes, 1, sent) < 0) free(request);
}

static void received(uv_stream_t* client, ssize_t count, const uv_buf_t* buffer) {
    if (count < 0) {
        uv_close((uv_handle_t*)client, release);
        return;
    }
    const char* at = buffer->base;
    const char* end = at + count;
    while ((at = memmem(at, (size_t)(end - at), "\r\n\r\n", 4)) != NULL) {
        reply(client);
        at += 4;
    }
}

static void greet(uv_stream_t* listener, int status) {
    if (status < 0) return;
    uv_tcp_t* client = malloc(sizeof *client);
    if (!client) return;
    uv_tcp_init(listener->loop, client);
    if (uv_accept(listener, (uv_stream_t*)client) < 0) {
        uv_close((uv_handle_t*)client, release);
        return;
    }
    uv_tcp_nodelay(client, 1);
    uv_read_start((uv_stream_t*)client, lend, received);
}

int main(void) {
    uv_loop_t* loop = uv_default_loop();
    uv_tcp_t listener;
    struct sockaddr_in address;
    int size = sizeof address;
    uv_tcp_init(loop, &listener);
    uv_ip4_addr("127.0.0.1", 0, &address);
    checked("bind", uv_tcp_bind(&listener, (struct sockaddr*)&address, 0));
    checked("listen", uv_listen((uv_stream_t*)&listener, 4096, greet));
    uv_tcp_getsockname(&listener, (struct sockaddr*)&address, &size);
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}
