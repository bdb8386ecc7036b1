// The wait for another thread's work: it ends, it is given up, it never begins.
#include "06_full_server/elsewhere.hpp"

#include <future>
#include <string>

#include "05_coroutines/task_group.hpp"
#include "05_coroutines/tests/loops.hpp"

using namespace six;
using namespace six::test;

namespace {

using Number = full::Elsewhere<int>;

/// Work that is done when the test says so.
struct Work {
    Number::Done tell;
    Number::Start start = [this](Number::Done done) {
        tell = std::move(done);
        return true;
    };
};

Task<void> wait_for(EventLoop& loop, Number::Start start, std::string& log) {
    Number number{loop, std::move(start)};
    try {
        log += std::to_string(co_await number);
    } catch (const http::Error& error) {
        log += error.what();
    } catch (const Cancelled&) {
        log += "cancelled";
        throw;
    }
}

}  // namespace

TEST_CASE("a task gets what another thread has made for it", "[06][elsewhere]") {
    EventLoop loop(SIX_EACH_POLLER);
    std::string log;
    std::future<void> other;
    const auto start = [&other](Number::Done done) {
        other = std::async(std::launch::async, [done] { done({{}, 7}); });
        return true;
    };
    sync_wait(loop, wait_for(loop, start, log));
    CHECK(log == "7");
}

TEST_CASE("a task gets the other thread's error", "[06][elsewhere]") {
    EventLoop loop(SIX_EACH_POLLER);
    std::string log;
    const auto start = [](const Number::Done& done) {
        done({http::Error(503, "broken"), 0});
        return true;
    };
    sync_wait(loop, wait_for(loop, start, log));
    CHECK(log == "broken");
}

TEST_CASE("work for which there is no room is refused at once", "[06][elsewhere]") {
    EventLoop loop(SIX_EACH_POLLER);
    std::string log;
    sync_wait(loop, wait_for(
                        loop, [](const Number::Done&) { return false; }, log));
    CHECK(log == "the database is too far behind");
}

TEST_CASE("a wait is given up, and the work's outcome then finds nobody",
          "[06][elsewhere]") {
    EventLoop loop(SIX_EACH_POLLER);
    Work work;
    std::string log;
    TaskGroup group;
    group.spawn(wait_for(loop, work.start, log));
    group.cancel();
    sync_wait(loop, group.join());
    CHECK(log == "cancelled");
    work.tell({{}, 7});
    loop.run_once(false);
    CHECK(log == "cancelled");
}

TEST_CASE("a wait is given up when its outcome is on its way", "[06][elsewhere]") {
    EventLoop loop(SIX_EACH_POLLER);
    Work work;
    std::string log;
    TaskGroup group;
    group.spawn(wait_for(loop, work.start, log));
    work.tell({{}, 7});
    group.cancel();
    sync_wait(loop, group.join());
    CHECK(log == "cancelled");
}

TEST_CASE("a task that is dropped while it waits for another thread leaves nothing",
          "[06][elsewhere]") {
    EventLoop loop(SIX_EACH_POLLER);
    Work work;
    std::string log;
    {
        TaskGroup group;
        group.spawn(wait_for(loop, work.start, log));
    }
    work.tell({{}, 7});
    loop.run_once(false);
    CHECK(log.empty());
}
