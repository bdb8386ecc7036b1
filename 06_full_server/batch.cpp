#include "06_full_server/batch.hpp"

#include "06_full_server/turn_queue.hpp"

namespace six::full {

Batch::Wait::Wait(TurnQueue& queue, std::string body)
    : LoopWait(queue.loop()), queue_(queue), body_(std::move(body)) {}
Batch::Wait::Wait(TurnQueue& queue, std::shared_ptr<const Spool> upload)
    : LoopWait(queue.loop()), queue_(queue), upload_(std::move(upload)) {}

void Batch::Wait::arm() {
    item_ = &queue_.add({std::move(body_), std::move(upload_), {}, this});
}

// #region send-back
void Batch::send_back(std::unique_ptr<Batch> batch) {
    EventLoop& loop = batch->loop;
    loop.post([batch = std::move(batch)] {
        for (const Item& item : batch->items)
            if (item.wait) item.wait->resume();
    });
}
// #endregion

}  // namespace six::full
