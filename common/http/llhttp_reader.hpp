// llhttp, the parser of Node.js, behind a narrow door: bytes in, what they say out. Private
// to common/http. Read next: llhttp_reader.cpp, then request_parser.cpp.
#pragma once

#include <llhttp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/head_fields.hpp"
#include "common/http/message.hpp"
#include "common/http/refusal.hpp"
#include "common/http/request_target.hpp"
#include "common/http/text.hpp"

namespace six::http {

/// Reads one request after another. It relies on the guard: no byte may come here that
/// FramingGuard has not let pass, nor a chunk's extension.
class LlhttpReader {
  public:
    /// `to_fill` is borrowed.
    explicit LlhttpReader(RequestHead& to_fill);
    LlhttpReader(const LlhttpReader&) = delete;  // llhttp points to it
    LlhttpReader& operator=(const LlhttpReader&) = delete;

    /// Forgets the request, and keeps what memory is small for the next one.
    void next_request() {
        begun_ = false;
        recycle(head.path);
        recycle(body);
    }
    /// True when a byte of this request has come.
    bool begun() const { return begun_; }
    /// How much memory it has for the field that is being read.
    std::size_t field_bytes() const { return name_.capacity() + value_.capacity(); }
    /// Nothing: all is well. After a refusal it must not be called again.
    std::optional<Refusal> read(std::string_view bytes);

    // What has been read.
    RequestHead& head;              ///< method, target (in `path`, as sent) and version
    bool head_complete = false;     ///< llhttp agrees that the head ends here
    HeadFields fields;              ///< of the head; of the trailers if emptied before
    std::uint64_t chunk_bytes = 0;  ///< the size in the chunk line read last
    std::string body;               ///< what has come of it; may be taken away at any time

    TargetForms target_forms() const;

  private:
    static const llhttp_settings_t* callbacks();
    void begin();
    void set_method();
    void end_field();

    llhttp_t llhttp_;
    bool begun_ = false;
    std::string name_;  // of the field that is being read, as far as it has come
    std::string value_;
};

}  // namespace six::http
