// The parser's engine. A plain head it reads in one go. All else it cuts into heads, chunk
// lines, data and trailers, lets the guard look at all but the data first, and gives to
// llhttp what the guard lets pass. Read next: plain_head.hpp, framing_guard.hpp (what
// llhttp leaves to us), head_fields.hpp (what the fields mean), llhttp_reader.hpp; then
// response.hpp.
#include "common/http/request_parser.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "common/http/framing_guard.hpp"
#include "common/http/llhttp_reader.hpp"
#include "common/http/plain_head.hpp"
#include "common/http/request_target.hpp"
#include "common/http/spares.hpp"
#include "common/http/text.hpp"

namespace six::http {

namespace {

const Limits usual_limits;

}  // namespace

const RequestHead RequestParser::no_head;

struct RequestParser::Engine : Reading {
    static Spares<Engine>& spares();

    void obey(const Limits& given);
    bool wants_bytes() const { return state == State::head || state == State::body; }
    void end_of_input();
    void begin_body();
    void forget_request();
    void parse_kept();
    /// How many bytes are used: all, or those before the next stop.
    std::size_t parse(std::string_view bytes);
    void refuse(const Refusal& why);

    std::optional<Error> error;
    bool input_ended = false;

    // What is read just now. The extension of a chunk is the one thing that llhttp never
    // sees: its versions disagree about them, and nobody needs them.
    enum class Section : std::uint8_t { head, chunk_line, data, trailers };
    Section section = Section::head;
    bool in_extension = false;
    std::uint64_t data_left = 0;     // of the body, or of the chunk
    std::uint64_t chunks_bytes = 0;  // of all chunks so far

    const Limits* limits = &usual_limits;
    FramingGuard guard{usual_limits};
    LlhttpReader reader{head};
    Engine* next_spare = nullptr;

  private:
    std::size_t parse_lines(std::string_view bytes);
    std::size_t parse_data(std::string_view bytes);
    void read(std::string_view bytes);

    void end_section();
    void end_head();
    void stop_after_head();
    void end_chunk_line();
};

/// Engines that no parser needs just now, ready for a new request: an idle connection has
/// none, and yet a request costs no new one. Each thread has its own.
Spares<RequestParser::Engine>& RequestParser::Engine::spares() {
    static constinit thread_local Spares<Engine> spares;
    return spares;
}

void RequestParser::Engine::obey(const Limits& given) {
    limits = &given;
    guard = FramingGuard(given);
}

// --- The bytes' way in ---

void RequestParser::Engine::parse_kept() {
    if (!kept.empty()) {
        kept_used += parse(std::string_view(kept).substr(kept_used));
        if (kept_used == kept.size() || state == State::refused) {
            recycle(kept);
            kept_used = 0;
        }
    }
    if (input_ended) end_of_input();
}

void RequestParser::Engine::end_of_input() {
    input_ended = true;
    if (!wants_bytes()) return;  // enough has come for now; `parse_kept` asks again
    if (state == State::head && guard.idle()) {
        state = State::ended;
    } else {
        refuse({400, "the request was cut off"});
    }
}

// --- From one stop to the next ---

void RequestParser::Engine::begin_body() {
    if (state != State::head_complete) return;
    data_left = head.content_length.value_or(0);
    if (data_left > limits->body_bytes) {
        refuse({413, "the body is too large"});
        return parse_kept();  // which drops them
    }

    state = State::body;
    if (head.chunked) {
        section = Section::chunk_line;
        guard.begin_chunks();
    } else {
        section = Section::data;
    }
    parse_kept();
}

void RequestParser::Engine::forget_request() {
    state = State::head;
    section = Section::head;
    chunks_bytes = 0;
    guard.begin_head();
    reader.next_request();
}

// --- Parsing ---

std::size_t RequestParser::Engine::parse(std::string_view bytes) {
    std::size_t used = 0;
    if (state == State::head && !reader.begun()) {
        used = read_plain_head(bytes, *limits, head);
        if (used > 0) stop_after_head();
    }
    while (wants_bytes() && used < bytes.size()) {
        const auto rest = bytes.substr(used);
        used += section == Section::data ? parse_data(rest) : parse_lines(rest);
    }
    return used;
}

// llhttp gets what comes before the byte that the guard refuses. So the error in the
// earlier byte wins, however the bytes were cut.
std::size_t RequestParser::Engine::parse_lines(std::string_view bytes) {
    const auto piece = guard.scan(bytes);
    if (!in_extension) read(bytes.substr(0, piece.size));
    if (state == State::refused) return piece.size;

    switch (piece.found) {
        case FramingGuard::Found::nothing: break;
        case FramingGuard::Found::extension_start: in_extension = true; break;
        case FramingGuard::Found::extension_end: in_extension = false; break;
        case FramingGuard::Found::section_end: end_section(); break;
        case FramingGuard::Found::refused: refuse(guard.refusal()); break;
    }
    return piece.size;
}

std::size_t RequestParser::Engine::parse_data(std::string_view bytes) {
    const auto data = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), data_left));
    if (head.chunked)
        read(data);  // llhttp counts it, too
    else
        reader.body += data;
    data_left -= data.size();
    if (data_left == 0 && head.chunked) {
        section = Section::chunk_line;
        guard.end_chunk_data();
    } else if (data_left == 0) {
        state = State::complete;
    }
    return data.size();
}

void RequestParser::Engine::read(std::string_view bytes) {
    if (const auto refusal = reader.read(bytes)) refuse(*refusal);
}

void RequestParser::Engine::end_section() {
    if (section == Section::head) return end_head();
    if (section == Section::chunk_line) return end_chunk_line();
    if (reader.fields.declare_length()) {
        return refuse({400, "a trailer declares the body's length"});
    }
    state = State::complete;
}

void RequestParser::Engine::end_head() {
    // `PRI * HTTP/1.1`: llhttp still waits for the rest of HTTP/2's preface.
    if (!reader.head_complete) return refuse({501, "the method is not known"});
    if (!reduce_to_path(head.path, reader.target_forms())) {
        return refuse({400, "the request target is malformed"});
    }
    if (const auto refusal = reader.fields.apply_to(head)) return refuse(*refusal);
    stop_after_head();
}

void RequestParser::Engine::stop_after_head() {
    const bool has_body = head.chunked || head.content_length.value_or(0) > 0;
    state = has_body ? State::head_complete : State::complete;
}

void RequestParser::Engine::end_chunk_line() {
    data_left = reader.chunk_bytes;
    if (data_left > limits->body_bytes - chunks_bytes) {
        return refuse({413, "the body is too large"});
    }
    chunks_bytes += data_left;
    section = Section::data;
    if (data_left == 0) {
        section = Section::trailers;
        guard.begin_trailers();
        reader.fields = {};
    }
}

void RequestParser::Engine::refuse(const Refusal& why) {
    state = State::refused;
    error.emplace(why.status, why.reason);
    recycle(reader.body);
}

// --- The door (request_parser.hpp) ---

RequestParser::RequestParser(const Limits& limits) : limits_(&limits) {}
RequestParser::RequestParser() : limits_(&usual_limits) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

void RequestParser::Delete::operator()(Reading* engine) const noexcept {
    delete static_cast<Engine*>(engine);
}

RequestParser::Engine& RequestParser::engine() {
    if (!reading_) {
        Engine* fresh = Engine::spares().take();
        if (fresh == nullptr) fresh = new Engine;
        if (fresh->limits != limits_) fresh->obey(*limits_);
        reading_.reset(fresh);
    }
    return static_cast<Engine&>(*reading_);
}

bool RequestParser::has_only_empty_lines() const noexcept {
    if (state() == State::ended) return true;
    return state() == State::head && static_cast<Engine&>(*reading_).guard.idle();
}

void RequestParser::receive(std::string_view bytes) {
    Engine& engine = this->engine();
    if (engine.input_ended) return;
    if (engine.wants_bytes())
        bytes.remove_prefix(engine.parse(bytes));  // usually all: nothing is copied
    if (!bytes.empty() && engine.state != State::refused) engine.kept += bytes;
}
void RequestParser::end_of_input() {
    engine().end_of_input();
}
void RequestParser::begin_body() {
    engine().begin_body();
}

void RequestParser::next_request() {
    assert(state() == State::complete);
    auto& used = static_cast<Engine&>(*reading_);
    used.forget_request();
    if (has_leftover() || used.input_ended) return used.parse_kept();
    reading_.release();
    Engine::spares().give(&used);
}

std::size_t RequestParser::held_bytes() const noexcept {
    if (!reading_) return 0;
    const auto& engine = static_cast<const Engine&>(*reading_);
    return engine.kept.capacity() + engine.head.path.capacity() +
           engine.reader.field_bytes();
}

void RequestParser::refuse(int status, const char* reason) {
    engine().refuse({status, reason});
    engine().parse_kept();  // which drops them
}

std::string RequestParser::take_body() {
    return std::exchange(engine().reader.body, {});
}

const Error& RequestParser::error() const noexcept {
    assert(state() == State::refused);
    return *static_cast<const Engine&>(*reading_).error;
}

}  // namespace six::http
