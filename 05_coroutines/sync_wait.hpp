// How a task is started from a function that is none: main, or a test.
// Read before: task.hpp. Read next: server.cpp.
#pragma once

#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/task_group.hpp"

namespace six {

/// Runs the loop until the task has ended; gives its result or throws its exception.
/// Blocks. On the loop's thread, and not inside one of its callbacks.
template <class T>
T sync_wait(EventLoop& loop, Task<T> task) {
    std::optional<ResultOf<T>> result;
    TaskGroup group;
    group.spawn(std::move(task), result);
    while (group.size() > 0) loop.run_once();
    group.rethrow_error();
    if (!result) throw Cancelled{};
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace six
