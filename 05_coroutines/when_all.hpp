// Several tasks at once, and all their results. Read before: task_group.hpp, which does the
// work; this gives it the shape of a function call.
#pragma once

#include <tuple>
#include <utility>
#include <vector>

#include "05_coroutines/task_group.hpp"

namespace six {

/// Runs the tasks side by side and gives their results in the order of the arguments, void
/// as std::monostate. The first exception cancels the others; when they have ended it is
/// thrown. Throws Cancelled when one of them was cancelled, for it has no result.
///
///     auto results = co_await when_all(read_name(), read_age());
///     auto& [name, age] = results;
template <class... T>
Task<std::tuple<ResultOf<T>...>> when_all(Task<T>... tasks) {
    std::tuple<std::optional<ResultOf<T>>...> slots;
    TaskGroup group;
    std::apply([&](auto&... slot) { (group.spawn(std::move(tasks), slot), ...); }, slots);
    co_await group.join();

    co_return std::apply(
        [](auto&... slot) {
            if ((!slot || ...)) throw Cancelled{};
            return std::tuple<ResultOf<T>...>(std::move(*slot)...);
        },
        slots);
}

/// The same for any number of tasks of one kind.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
    std::vector<std::optional<T>> slots(tasks.size());
    TaskGroup group;
    for (std::size_t i = 0; i < tasks.size(); ++i)
        group.spawn(std::move(tasks[i]), slots[i]);
    co_await group.join();

    std::vector<T> results;
    results.reserve(slots.size());
    for (std::optional<T>& slot : slots) {
        if (!slot) throw Cancelled{};
        results.push_back(std::move(*slot));
    }
    co_return results;
}
inline Task<void> when_all(std::vector<Task<void>> tasks) {
    TaskGroup group;
    for (Task<void>& task : tasks) group.spawn(std::move(task));
    co_await group.join();
}

}  // namespace six
