// One client's request, and the database, for a thread that waits for both: each call comes
// back when it is done. Chapters 01 and 02 use it; what it waits for, later chapters wait
// for too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/request_parser.hpp"
#include "common/items/item_store.hpp"
#include "common/trace/trace.hpp"

namespace six::blocking {

/// The requests of one connection, one after another. The socket is borrowed. One thread.
class Request {
  public:
    using Where = trace::Where;

    Request(int client, const http::Limits& limits) : client_(client), parser_(limits) {}

    /// Blocks until the head is here (or refused). False: the client left without asking.
    bool read_head(Where where = Where::current());
    /// Blocks until the whole body is here. Throws http::Error if it is refused or cut off.
    std::string body(Where where = Where::current());
    /// Blocks until the kernel has taken all bytes of the answer. False: the client is
    /// gone.
    bool write(std::string_view bytes, Where where = Where::current());
    /// True if the head, or what there is of it, is refused: parser().error() says why.
    bool refused() const { return parser_.state() == http::RequestParser::State::refused; }
    /// Goes on to the client's next request.
    void next();

    const http::RequestParser& parser() const { return parser_; }
    trace::Request trace() const { return trace_; }

  private:
    void receive_some();

    int client_;  // borrowed
    http::RequestParser parser_;
    trace::Request trace_ = trace::Request::accepted();
};

/// The database, on behalf of one request: the caller's thread waits for the disk.
class Items {
  public:
    using Where = trace::Where;

    Items(ItemStore& store, trace::Request request) : store_(store), request_(request) {}

    /// Blocks until the item is on the disk and returns its id. Throws http::Error (503).
    std::int64_t save(std::string_view body, Where where = Where::current());
    /// Blocks until it is read. Empty: there is no such item. Throws http::Error (503).
    std::optional<std::string> find(std::int64_t pk, Where where = Where::current());

  private:
    ItemStore& store_;
    trace::Request request_;
};

}  // namespace six::blocking
