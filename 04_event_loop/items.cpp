#include "04_event_loop/items.hpp"

#include <utility>

namespace six::event_loop {

// #region wait-for-database
template <class Work, class Result>
void Items::wait_elsewhere(Work work, Result& result, Where where) {
    using Answer = typename Result::value_type;
    request_.enter(trace::State::waiting_for_database, where);
    auto finish = [this, &result, where](Answer answer) {
        request_.enter(trace::State::running, where);
        result = std::move(answer);
        resume_();
    };
    auto job = [&loop = database_.loop, work = std::move(work), finish] {
        Answer answer;
        try {
            answer.value = work();  // a thread sleeps here
        } catch (const http::Error& error) {
            answer.failed = error;
        }
        loop.post(
            [finish, answer = std::move(answer)]() mutable { finish(std::move(answer)); });
    };
    if (!database_.pool) return job();
    if (database_.pool->try_submit(std::move(job))) return;
    const http::Error behind(503, "the database is too far behind");
    database_.loop.post([finish, behind] { finish({behind, {}}); });
}

void Items::save(std::string body, Saved& result, Where where) {
    auto work = [&store = database_.store, body = std::move(body)] {
        return store.save(body);
    };
    wait_elsewhere(std::move(work), result, where);
}

void Items::find(std::int64_t pk, Found& result, Where where) {
    auto work = [&store = database_.store, pk] { return store.find(pk); };
    wait_elsewhere(std::move(work), result, where);
}
// #endregion

}  // namespace six::event_loop
