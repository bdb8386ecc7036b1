// Which request means what, and what the answers look like. Pure functions, no waiting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/http/message.hpp"

namespace six::items {

/// What a request asks for.
struct Route {
    enum class Action {
        save_item,  ///< POST /items: wait for the body, then for the database
        find_item,  ///< GET or HEAD /items/pk: wait for the database
        answer,     ///< nothing to wait for: `answer` is ready (health, OPTIONS, every
                    ///< refusal)
    };
    Action action = Action::answer;
    std::int64_t pk = 0;
    http::Response answer = {};
};

/// Routes a request on its head alone. Refusals come in this order: path (404), method
/// (405, with `Allow`), expectation (417), declared size (413).
Route route(const http::RequestHead& head, const http::Limits& limits);

/// 200 `{"pk": N}`.
http::Response saved(std::int64_t pk);
/// 200 with the item's bytes, or 404.
http::Response found(std::optional<std::string> item);

}  // namespace six::items
