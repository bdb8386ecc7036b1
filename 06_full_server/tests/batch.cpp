// A batch on its way: it sets out at the end of a turn, is away, and comes back. Meanwhile
// those who wait for it may go.
#include "06_full_server/batch.hpp"

#include <memory>
#include <optional>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "06_full_server/tests/saves.hpp"

using namespace six;
using namespace six::test;
using full::Batch;
using full::Spool;
using full::TurnQueue;
using full::test::Saves;

namespace {

/// A loop, and batches that are away until the test says so.
struct Journey {
    explicit Journey(std::size_t most = 100)
        : on(make_poller(poller_names().front())),
          queue(on.loop, most, [this](std::unique_ptr<Batch> batch) {
              away.push_back(std::move(batch));
          }) {}

    /// Sends the first one back: its items have the ids 1, 2, …
    void send_back() {
        std::int64_t pk = 0;
        for (Batch::Item& item : away.front()->items) item.saved.value = ++pk;
        Batch::send_back(std::move(away.front()));
        away.erase(away.begin());
    }
    std::vector<std::size_t> sizes() const {
        std::vector<std::size_t> sizes;
        for (const auto& batch : away) sizes.push_back(batch->items.size());
        return sizes;
    }

    VirtualLoop on;
    std::vector<std::unique_ptr<Batch>> away;
    TurnQueue queue;
    Saves saves{queue};
};

using Sizes = std::vector<std::size_t>;

}  // namespace

TEST_CASE("what a loop reads in one turn is handed on together at its end",
          "[06][commit]") {
    Journey journey;
    journey.saves.add("one");
    journey.saves.add("two");
    CHECK(journey.away.empty());
    journey.on.run_one();
    journey.saves.add("three");
    journey.on.run_one();
    CHECK(journey.sizes() == Sizes{2, 1});
    CHECK(journey.on.has_nothing_to_do());
}

TEST_CASE("a turn that reads very many hands them on in several batches", "[06][commit]") {
    Journey journey{2};
    for (const char* body : {"one", "two", "three", "four", "five"})
        journey.saves.add(body);
    CHECK(journey.sizes() == Sizes{2, 2});
    journey.on.run_one();
    CHECK(journey.sizes() == Sizes{2, 2, 1});
}

TEST_CASE("an upload is a batch of its own", "[06][commit]") {
    Journey journey;
    journey.saves.add("before");
    journey.saves.add(std::make_shared<const Spool>(six::full::SpoolPlace{"/tmp"}));
    journey.saves.add("after");
    journey.on.run_one();
    CHECK(journey.sizes() == Sizes{1, 1, 1});
    CHECK(journey.away[1]->is_upload());
}

TEST_CASE("a batch comes back with one post, for all who wait", "[06][commit]") {
    Journey journey;
    const std::string& one = journey.saves.add("one");
    const std::string& two = journey.saves.add("two");
    const std::string& three = journey.saves.add("three");
    journey.on.run_one();
    journey.away.front()->items[1].saved.failed.emplace(503, "refused");
    journey.send_back();
    CHECK(one.empty());
    CHECK(journey.on.loop.run_once() == 1);
    CHECK(one == "1");
    CHECK(two == "refused");
    CHECK(three == "3");
}

TEST_CASE("a wait is given up while its batch gathers, is away, or is on its way back",
          "[06][commit]") {
    const int when = GENERATE(0, 1, 2);
    Journey journey;
    Saves patient{journey.queue};
    const std::string& first = patient.add("first");
    const std::string& given_up = journey.saves.add("given up");
    const std::string& last = patient.add("last");
    if (when == 0) journey.saves.cancel();
    journey.on.run_one();
    if (when == 1) journey.saves.cancel();
    CHECK(journey.sizes() == Sizes{3});
    journey.send_back();
    if (when == 2) journey.saves.cancel();
    patient.finish();
    journey.saves.finish();
    CHECK(first == "1");
    CHECK(given_up == "cancelled");
    CHECK(last == "3");
}

TEST_CASE("who waited for an item may end the wait for the next one of its batch",
          "[06][commit]") {
    Journey journey;
    TaskGroup tasks;
    std::optional<Saves> next{std::in_place, journey.queue};
    const auto save_and_end_the_next = [&]() -> Task<void> {
        co_await Batch::Wait(journey.queue, std::string("first"));
        next.reset();
    };
    tasks.spawn(save_and_end_the_next());
    next->add("next");
    const std::string& last = journey.saves.add("last");
    journey.on.run_one();
    journey.send_back();
    journey.on.run_one();
    CHECK_FALSE(next);
    CHECK(last == "3");
}

TEST_CASE("tasks that are dropped leave their batch on its way", "[06][commit]") {
    Journey journey;
    {
        Saves dropped{journey.queue};
        dropped.add("item");
        journey.on.run_one();
    }
    REQUIRE(journey.sizes() == Sizes{1});
    CHECK(journey.away.front()->items.front().wait == nullptr);
    journey.send_back();
    const bool runs =
        GENERATE(true, false);  // or else ends with a batch that has come back
    if (runs) journey.on.run_one();
}
