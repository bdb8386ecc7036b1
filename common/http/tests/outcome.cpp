#include "common/http/tests/outcome.hpp"

namespace six::http {
namespace {

std::string describe(const RequestHead& head, const std::string& body) {
    return std::to_string(static_cast<int>(head.method)) + ' ' + head.path + " 1." +
           std::to_string(head.minor_version) + (head.keep_alive ? " keep" : " close") +
           (head.expects_continue ? " expects" : "") +
           (head.unknown_expectation ? " unknown" : "") + (head.chunked ? " chunked" : "") +
           (head.content_length ? " " + std::to_string(*head.content_length) : "") + ": " +
           body;
}

}  // namespace

void go_on(RequestParser& parser, std::string& body, Outcome& outcome) {
    while (!parser.wants_bytes() && parser.state() != State::refused &&
           parser.state() != State::ended) {
        parser.begin_body();
        if (parser.state() != State::complete) continue;
        outcome.push_back(describe(parser.head(), body + parser.take_body()));
        body.clear();
        parser.next_request();
    }
    if (parser.state() == State::body) body += parser.take_body();
}

Outcome outcome_of(const std::vector<std::string_view>& pieces, const Limits& limits) {
    RequestParser parser(limits);
    std::string body;
    Outcome outcome;
    for (const auto piece : pieces) {
        parser.receive(piece);
        go_on(parser, body, outcome);
    }
    parser.end_of_input();
    if (parser.state() == RequestParser::State::refused) {
        outcome.push_back("refused " + std::to_string(parser.error().status()) + ' ' +
                          parser.error().what());
    }
    return outcome;
}

std::vector<std::string_view> single_bytes(std::string_view bytes) {
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < bytes.size(); ++i) pieces.push_back(bytes.substr(i, 1));
    return pieces;
}

}  // namespace six::http
