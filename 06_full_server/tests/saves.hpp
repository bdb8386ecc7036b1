// Tasks that save an item each, and note what comes of it.
#pragma once

#include <deque>
#include <string>
#include <utility>

#include "05_coroutines/task_group.hpp"
#include "05_coroutines/with_timeout.hpp"
#include "06_full_server/turn_queue.hpp"

namespace six::full::test {

class Saves {
  public:
    explicit Saves(TurnQueue& queue) : queue_(queue) {}

    /// Starts one, and returns what will be noted: the item's id, the error, "cancelled",
    /// or nothing, for as long as it waits.
    const std::string& add(std::string body) { return add_any(std::move(body)); }
    const std::string& add(std::shared_ptr<const Spool> upload) {
        return add_any(std::move(upload));
    }
    void cancel() { tasks_.cancel(); }
    /// Runs the loop until all have ended.
    void finish() {
        EventLoop& loop = queue_.loop();
        sync_wait(loop, with_timeout(loop, std::chrono::seconds(20), tasks_.join()));
    }

  private:
    template <class Item>
    const std::string& add_any(Item item) {
        std::string& note = notes_.emplace_back();
        tasks_.spawn(save(std::move(item), note));
        return note;
    }
    template <class Item>
    Task<void> save(Item item, std::string& note) {
        try {
            const std::int64_t pk = co_await Batch::Wait(queue_, std::move(item));
            note = std::to_string(pk);
        } catch (const http::Error& error) {
            note = error.what();
        } catch (const Cancelled&) {
            note = "cancelled";
        }
    }

    TurnQueue& queue_;
    std::deque<std::string> notes_;
    TaskGroup tasks_;
};

}  // namespace six::full::test
