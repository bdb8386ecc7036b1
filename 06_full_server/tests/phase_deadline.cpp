// The limit that is moved with every phase: found when it is over, not before, not late.
#include "06_full_server/phase_deadline.hpp"

#include <optional>

#include "05_coroutines/tests/loops.hpp"

using namespace six;
using namespace six::test;
using six::full::PhaseDeadline;

namespace {

/// A deadline whose limits are 2 s or more, and when it was found to be over.
struct Watched {
    explicit Watched(VirtualLoop& on) : loop(on), deadline(on.loop, 2s, scope) {}

    /// Lets so much time pass, in the steps that the loop takes.
    void let_pass(Duration time) {
        bool over = false;
        loop.loop.call_after(time, [&over] { over = true; });
        while (!over) {
            loop.loop.run_once();
            if (deadline.expired() && !expired_at) expired_at = loop.elapsed();
        }
    }

    VirtualLoop& loop;
    CancellationScope scope;
    PhaseDeadline deadline;
    std::optional<Duration> expired_at;
};

}  // namespace

TEST_CASE("a phase ends at its limit", "[06][deadline]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Watched watched(on);
    watched.let_pass(1s);
    watched.deadline.begin(7s);
    watched.let_pass(6'999ms);
    CHECK_FALSE(watched.scope.cancelled());
    watched.let_pass(1s);
    CHECK(watched.expired_at == 8s);
    CHECK(watched.scope.cancelled());
}

TEST_CASE("the next phase has a limit of its own, longer or shorter", "[06][deadline]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Watched watched(on);
    watched.deadline.begin(10s);
    watched.let_pass(9s);
    watched.deadline.begin(60s);
    watched.let_pass(30s);
    watched.deadline.begin(2s);
    watched.let_pass(5s);
    CHECK(watched.expired_at == 41s);
}

TEST_CASE("a phase can be given more time", "[06][deadline]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Watched watched(on);
    watched.deadline.begin(4s);
    watched.let_pass(3s);
    watched.deadline.extend(2'500ms, 1h);
    watched.deadline.extend(0s, 1h);
    watched.let_pass(9s);
    CHECK(watched.expired_at == 6'500ms);
}

TEST_CASE("time can't be hoarded", "[06][deadline]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Watched watched(on);
    watched.deadline.begin(4s);
    watched.let_pass(3s);
    watched.deadline.extend(1h, 4s);  // 4 s from now on, not an hour
    watched.deadline.extend(1h, 2s);  // and who has more than 2 s keeps it
    watched.let_pass(9s);
    CHECK(watched.expired_at == 7s);
}

TEST_CASE("before its first phase it lets everything last", "[06][deadline]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Watched watched(on);
    watched.let_pass(1h);
    CHECK_FALSE(watched.expired_at);
    watched.deadline.begin(3s);
    watched.let_pass(4s);
    CHECK(watched.expired_at == 1h + 3s);
}

TEST_CASE("a deadline that is gone has left nothing in the loop", "[06][deadline]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CancellationScope scope;
    {
        PhaseDeadline deadline(on.loop, 2s, scope);
        deadline.begin(3s);
    }
    CHECK(on.has_nothing_to_do());
    CHECK_FALSE(scope.cancelled());
}
