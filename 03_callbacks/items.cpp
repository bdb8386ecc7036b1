#include "03_callbacks/items.hpp"

#include <asio/post.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace six::callbacks {

namespace {

/// What `work` gives, or why it has failed.
template <class Work>
std::pair<std::optional<http::Error>, std::invoke_result_t<Work&>> try_work(Work& work) {
    try {
        return {std::nullopt, work()};
    } catch (const http::Error& refusal) {
        return {refusal, {}};
    }
}

// #region wait-for-database
/// Does `work`, which blocks, wherever this server blocks, then calls `then` on the loop.
template <class Work, class Then>
void wait_for(const Database& database, trace::Request request, trace::Where where,
              Work work, Then then) {
    using Result = std::invoke_result_t<Work>;
    request.enter(trace::State::waiting_for_database, where);
    auto finish = [request, where, then = std::move(then)](std::optional<http::Error> error,
                                                           Result result) {
        request.enter(trace::State::running, where);
        then(std::move(error), std::move(result));
    };
    auto work_then_finish = [&loop = database.loop, work = std::move(work),
                             finish]() mutable {
        auto [error, result] = try_work(work);  // the thread sleeps here, whichever it is
        // Moved: who lets go of `finish` last destroys the connection, and only the loop
        // may.
        asio::post(loop, [finish = std::move(finish), error = std::move(error),
                          result = std::move(result)]() mutable {
            finish(std::move(error), std::move(result));
        });
    };
    if (!database.pool)
        work_then_finish();
    else if (!database.pool->try_submit(std::move(work_then_finish)))
        finish(http::Error(503, "the database is too far behind"), Result{});
}
// #endregion

}  // namespace

void Items::save(std::string body, Saved then, Where where) const {
    auto work = [&store = database_.store, body = std::move(body)] {
        return store.save(body);
    };
    wait_for(database_, request_, where, std::move(work), std::move(then));
}

void Items::find(std::int64_t pk, Found then, Where where) const {
    auto work = [&store = database_.store, pk] { return store.find(pk); };
    wait_for(database_, request_, where, std::move(work), std::move(then));
}

}  // namespace six::callbacks
