// Items that travel together: from the loop that reads them to the disk, and back. Read
// next: turn_queue.hpp, where they set out; group_commit.hpp, where they are saved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "04_event_loop/outcome.hpp"
#include "05_coroutines/awaiters.hpp"
#include "06_full_server/spool.hpp"

namespace six::full {

class TurnQueue;

/// What a loop has read in one turn or two. It has one owner at a time: first the loop's
/// TurnQueue, then whoever commits it, at last the post that brings it back. Whatever
/// becomes of those who wait, it ends on its loop's thread, or with the loop.
struct Batch {
    class Wait;

    // #region item
    struct Item {
        std::string body;
        std::shared_ptr<const Spool> upload;  ///< in place of a body; alone in its batch
        Outcome<std::int64_t> saved;          ///< its id, or why it has none
        /// Null: nobody waits any more. It belongs to the loop's thread all the time, the
        /// rest to the batch's owner.
        Wait* wait;
    };
    // #endregion

    explicit Batch(EventLoop& from) : loop(from) {}
    bool is_upload() const noexcept { return items.front().upload != nullptr; }

    /// Ends the waits for its items, in a later turn of its loop. On any thread.
    static void send_back(std::unique_ptr<Batch> batch);

    EventLoop& loop;
    std::deque<Item> items;  // not a vector: waits point to them while more are added
    std::size_t bytes = 0;   // of their bodies
};

/// Suspends until the item is on the disk, and gives its id or throws http::Error (503).
/// Throws Cancelled: then the item goes its way, and what becomes of it is not known here.
/// Loop's thread only; the queue must outlive it.
class Batch::Wait final : public LoopWait {
  public:
    Wait(TurnQueue& queue, std::string body);
    Wait(TurnQueue& queue, std::shared_ptr<const Spool> upload);
    ~Wait() override { disarm(); }

    bool await_ready() const noexcept { return false; }
    std::int64_t await_resume() {
        throw_if_cancelled();
        const Outcome<std::int64_t>& saved = std::exchange(item_, nullptr)->saved;
        if (saved.failed) throw *saved.failed;
        return saved.value;
    }

  private:
    friend Batch;
    void arm() override;
    void disarm() noexcept override {
        if (item_) std::exchange(item_, nullptr)->wait = nullptr;
    }

    TurnQueue& queue_;
    std::string body_;
    std::shared_ptr<const Spool> upload_;
    Item* item_ = nullptr;  // as long as both are there
};

}  // namespace six::full
