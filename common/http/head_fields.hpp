// The few fields that decide how a request is read: Host, Content-Length,
// Transfer-Encoding, Connection and Expect. Private to common/http.
// Read next: head_fields.cpp, then plain_head.cpp and llhttp_reader.cpp, which fill it in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/http/message.hpp"
#include "common/http/refusal.hpp"

namespace six::http {

/// The fields of one head (or of the trailers after a body): what they say together is
/// judged when all are there. Keeps none of the text.
class HeadFields {
  public:
    void add(std::string_view name, std::string_view value);

    /// Writes into `head`, whose version is known already, what the fields say; or says why
    /// they are refused.
    std::optional<Refusal> apply_to(RequestHead& head) const;
    /// True when a field says how long the body is. No trailer may (RFC 9110, 6.5.1).
    bool declare_length() const { return seen_.lengths > 0 || seen_.encodings > 0; }
    bool declare_encoding() const { return seen_.encodings > 0; }

  private:
    struct Seen {
        std::uint32_t hosts = 0;      // so many fields
        std::uint32_t lengths = 0;    // so many fields
        std::uint32_t encodings = 0;  // so many fields
        std::uint32_t codings = 0;    // in these fields together
        bool bad_host = false;
        bool bad_coding = false;
        bool chunked_last = false;
        bool chunked_earlier = false;
        bool close = false;
        bool keep_alive = false;
        bool expects_continue = false;
        bool unknown_expectation = false;
        std::optional<std::uint64_t> length;  // none: not a number, or too large for one
    };

    void read_host(std::string_view value);
    void read_length(std::string_view value);
    void read_codings(std::string_view value);
    void read_connection(std::string_view value);
    void read_expectations(std::string_view value);

    std::optional<Refusal> check_host(const RequestHead& head) const;
    std::optional<Refusal> check_length() const;
    std::optional<Refusal> check_encoding(const RequestHead& head) const;

    Seen seen_;
};

}  // namespace six::http
