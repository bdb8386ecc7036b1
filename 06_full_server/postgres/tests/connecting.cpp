// On the way to PostgreSQL: what blocks in libpq blocks nobody, and what the system refuses
// is tried again.
#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <semaphore>
#include <set>
#include <string_view>
#include <system_error>

#include "05_coroutines/sync_wait.hpp"
#include "05_coroutines/with_timeout.hpp"
#include "06_full_server/postgres/connection.hpp"
#include "06_full_server/postgres/database.hpp"
#include "06_full_server/postgres/session.hpp"
#include "06_full_server/postgres/tests/setup.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using six::EventLoop;
using six::Poller;
using six::sync_wait;
using six::Task;
using six::ThreadPool;
using six::TimedOut;
using six::TimerId;
using six::with_timeout;
using six::full::Database;
using six::full::open_postgres;
using six::full::PgConnection;

TEST_CASE("each failure to connect is followed by a longer pause, up to a limit",
          "[06][postgres]") {
    six::full::Backoff backoff;
    for (int round = 0; round < 2; ++round) {
        for (const auto most : {50ms, 100ms, 200ms, 400ms, 800ms, 1600ms, 2000ms, 2000ms}) {
            const six::Duration pause = backoff.next();
            CHECK(pause >= most / 2);
            CHECK(pause <= most);
        }
        backoff.reset();  // it has been connected
    }
}

TEST_CASE("servers that lost one database don't come back all at once", "[06][postgres]") {
    std::set<six::Duration> pauses;
    for (int server = 0; server < 20; ++server) {
        six::full::Backoff backoff;
        for (int failure = 0; failure < 6; ++failure) (void)backoff.next();
        pauses.insert(backoff.next());
    }
    CHECK(pauses.size() > 1);
}

#ifdef __ELF__  // elsewhere (macOS) a program can't stand in for what its libraries call

namespace {

/// The look-ups of names that end in `.test`: they block until they are answered.
struct LookUps {
    std::atomic<int> begun = 0;
    std::atomic<int> given_up = 0;
    std::counting_semaphore<> answers{0};
};

LookUps& look_ups() {
    static LookUps all;
    return all;
}

/// Answers each look-up that has begun, in a turn of the loop of its own.
class Answers {
  public:
    explicit Answers(EventLoop& loop) : loop_(loop), before_(look_ups().begun) { look(); }
    ~Answers() { loop_.cancel(timer_); }
    int given() const { return given_; }

  private:
    void look() {
        for (; look_ups().begun - before_ > given_; ++given_) look_ups().answers.release();
        timer_ = loop_.call_after(1ms, [this] { look(); });
    }

    EventLoop& loop_;
    const int before_;
    int given_ = 0;
    TimerId timer_;
};

}  // namespace

/// Stands for libc's, in libpq, too.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** result) {
    static const auto real =
        reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    if (!name || !std::string_view(name).ends_with(".test"))
        return real(name, service, hints, result);
    ++look_ups().begun;
    if (!look_ups().answers.try_acquire_for(5s)) ++look_ups().given_up;
    return EAI_NONAME;
}

TEST_CASE("while the names of hosts are looked up the loop goes on", "[06][postgres]") {
    EventLoop loop;
    ThreadPool pool{1, 10};
    const Answers answers{loop};
    CHECK_THROWS_WITH(
        sync_wait(loop, PgConnection::connect(loop, pool,
                                              "postgresql://six@one.test,two.test/db")),
        ContainsSubstring("two.test"));
    CHECK(answers.given() == 2);
    CHECK(look_ups().given_up == 0);
}

TEST_CASE("who gives up connecting doesn't wait for the look-up", "[06][postgres]") {
    EventLoop loop;
    ThreadPool pool{1, 10};
    auto attempt = with_timeout(
        loop, 10ms, PgConnection::connect(loop, pool, "postgresql://six@one.test/db"));
    const int before = look_ups().given_up;
    CHECK_THROWS_AS(sync_wait(loop, std::move(attempt)), TimedOut);
    CHECK(look_ups().given_up == before);
    look_ups().answers.release();  // it has begun, or will before the pool ends
}

#endif

namespace {

/// The system's limit of watched descriptors is reached, for a while.
class RefusingPoller final : public Poller {
  public:
    void add(int fd) override {
        if (refusals > 0) {
            --refusals;
            throw std::system_error(ENOSPC, std::generic_category(), "cannot watch");
        }
        poller_->add(fd);
    }
    void remove(int fd) noexcept override { poller_->remove(fd); }
    void arm(int fd, six::Interest interest) override { poller_->arm(fd, interest); }
    bool edge_triggered() const override { return poller_->edge_triggered(); }
    std::span<const six::Readiness> wait(Timeout timeout) override {
        return poller_->wait(timeout);
    }
    int refusals = 0;

  private:
    std::unique_ptr<Poller> poller_ = six::make_poller();
};

Task<void> until_connected(EventLoop& loop, const Database& database,
                           std::size_t connections) {
    while (database.figures().connections != connections)
        co_await six::sleep_for(loop, 1ms);
}

}  // namespace

TEST_CASE("connections that the system refuses to watch are tried again",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const six::testing::PostgresCluster cluster;
    auto refusing = std::make_unique<RefusingPoller>();
    RefusingPoller& poller = *refusing;
    EventLoop loop{std::move(refusing)};
    const auto database = open_postgres({.address = cluster.address(), .connections = 2});
    poller.refusals = 3;
    const auto store = database->store_for(loop);
    sync_wait(loop, with_timeout(loop, 10s, until_connected(loop, *database, 2)));
    CHECK(poller.refusals == 0);
}
