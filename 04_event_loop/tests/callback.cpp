#include "04_event_loop/callback.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "common/testing/catch.hpp"

using namespace six;

namespace {

static_assert(!std::is_copy_constructible_v<Callback>);
static_assert(!std::is_copy_assignable_v<Callback>);
static_assert(std::is_nothrow_move_constructible_v<Callback>);
static_assert(std::is_nothrow_move_assignable_v<Callback>);
static_assert(!std::is_constructible_v<Callback, int>);
static_assert(!std::is_constructible_v<Callback, void (*)(int)>);
static_assert(sizeof(Callback) == 3 * sizeof(void*));

/// What has become of all Counted that point here.
struct Counts {
    int alive = 0;
    int copies = 0;
    int moves = 0;
    int calls = 0;
};

/// A callable that counts.
class Counted {
  public:
    explicit Counted(Counts& counts) : counts_(counts) { ++counts_.alive; }
    Counted(const Counted& other) : counts_(other.counts_) {
        ++counts_.alive;
        ++counts_.copies;
    }
    Counted(Counted&& other) noexcept : counts_(other.counts_) {
        ++counts_.alive;
        ++counts_.moves;
    }
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --counts_.alive; }
    void operator()() { ++counts_.calls; }

  private:
    Counts& counts_;
};

/// Tells where it lies when it is called. `Size` is that of its ballast.
template <std::size_t Size, std::size_t Alignment = alignof(void*)>
struct Located {
    const void** where;
    alignas(Alignment) std::array<char, Size> ballast{};
    void operator()() { *where = this; }
};

bool is_inside(const Callback& callback, const void* place) {
    const auto begin = reinterpret_cast<std::uintptr_t>(&callback);
    const auto at = reinterpret_cast<std::uintptr_t>(place);
    return begin <= at && at < begin + sizeof callback;
}

bool is_aligned(const void* place, std::size_t alignment) {
    return reinterpret_cast<std::uintptr_t>(place) % alignment == 0;
}

int free_calls = 0;
void free_function() {
    ++free_calls;
}

}  // namespace

TEST_CASE("a callback is empty until it is given something to call", "[04][callback]") {
    Callback callback;
    CHECK_FALSE(callback);
    CHECK_FALSE(Callback(nullptr));

    callback = [] {};
    CHECK(callback);
    callback = nullptr;
    CHECK_FALSE(callback);
    callback = nullptr;
    CHECK_FALSE(callback);
}

TEST_CASE("a callback calls what it holds, again and again", "[04][callback]") {
    int calls = 0;
    const std::string long_text(100, 'x');
    std::string text;
    Callback small = [&calls, mine = 0]() mutable { calls = ++mine; };
    Callback large = [&text, long_text] { text += long_text; };
    Callback function = free_function;
    Callback with_result = [&calls] { return calls; };  // nobody asks for it
    for (int i = 0; i < 3; ++i) {
        small();
        large();
        function();
        with_result();
    }
    CHECK(calls == 3);
    CHECK(text.size() == 300);
    CHECK(free_calls == 3);
}

TEST_CASE("what a callback holds need not be copyable", "[04][callback]") {
    int sum = 0;
    Callback first = [&sum, owned = std::make_unique<int>(7)] { sum += *owned; };
    Callback second = std::move(first);
    second();
    first = std::move(second);
    first();
    CHECK(sum == 14);
}

TEST_CASE("a callback that was moved from is empty", "[04][callback]") {
    int calls = 0;
    const auto small = [&calls] { ++calls; };
    const auto large = [&calls, owner = std::make_shared<int>()] { ++calls; };
    const auto check = [&calls](Callback from) {
        Callback to = std::move(from);
        CHECK_FALSE(from);
        from = std::move(to);
        CHECK_FALSE(to);
        from();
        CHECK(std::exchange(calls, 0) == 1);
    };
    check(small);
    check(large);

    Callback empty;
    Callback from_empty = std::move(empty);
    CHECK_FALSE(from_empty);
}

TEST_CASE("a callable is taken in once, and moves no more", "[04][callback]") {
    Counts counts;
    {
        const Counted callable(counts);
        Callback copy = callable;
        CHECK(counts.copies == 1);
        Callback first = Counted(counts);
        CHECK(counts.moves == 1);
        CHECK(counts.alive == 3);

        Callback second = std::move(first);
        first = std::move(second);
        std::swap(first, copy);
        first();
        copy();
        CHECK(counts.copies == 1);
        CHECK(counts.moves == 1);
        CHECK(counts.alive == 3);
    }
    CHECK(counts.calls == 2);
    CHECK(counts.alive == 0);
}

TEST_CASE("what is dropped or replaced is destroyed at once", "[04][callback]") {
    Counts old_counts;
    Counts new_counts;
    Callback callback = Counted(old_counts);
    SECTION("dropped") {
        callback = nullptr;
        CHECK_FALSE(callback);
    }
    SECTION("replaced by a large one") {
        callback = Counted(new_counts);
        CHECK(new_counts.alive == 1);
    }
    SECTION("replaced by a small one") {
        callback = [&new_counts] { ++new_counts.calls; };
        callback();
        CHECK(new_counts.calls == 1);
    }
    SECTION("replaced by one that stays in scope, and gets nothing in exchange") {
        Callback other = [] {};
        callback = std::move(other);
        CHECK_FALSE(other);
        CHECK(old_counts.alive == 0);
    }
    CHECK(old_counts.alive == 0);
    CHECK(old_counts.calls == 0);
}

TEST_CASE("a small callable lies in the callback, others on the heap", "[04][callback]") {
    const void* where = nullptr;
    Callback small = Located<8>{&where};
    small();
    CHECK(is_inside(small, where));
    Callback moved = std::move(small);
    moved();
    CHECK(is_inside(moved, where));

    Callback large = Located<9>{&where};
    large();
    const void* const before = where;
    CHECK_FALSE(is_inside(large, where));
    moved = std::move(large);
    moved();
    CHECK(where == before);

    Callback owner = [&where, owned = std::make_unique<int>()] { where = &owned; };
    owner();
    CHECK_FALSE(is_inside(owner, where));
}

TEST_CASE("a callable that must be aligned is", "[04][callback]") {
    struct alignas(16) Sixteen {  // it would fit, if it weren't for that
        const void** where;
        void operator()() { *where = this; }
    };
    const void* where = nullptr;
    // Side by side, so that luck alone doesn't align all of them.
    std::array<Callback, 4> callbacks;
    for (Callback& callback : callbacks) {
        callback = Sixteen{&where};
        callback();
        CHECK(is_aligned(where, 16));
        callback = Located<1, 256>{&where};
        callback();
        CHECK(is_aligned(where, 256));
    }
}

TEST_CASE("what a callable throws goes to the caller, and it can be called again",
          "[04][callback]") {
    Counts counts;
    Callback callback = [counted = Counted(counts)]() mutable {
        counted();
        throw std::runtime_error("thrown");
    };
    CHECK_THROWS_WITH(callback(), "thrown");
    CHECK_THROWS_WITH(callback(), "thrown");
    CHECK(counts.calls == 2);
    callback = nullptr;
    CHECK(counts.alive == 0);
}

TEST_CASE("a callable that can't be copied for a callback is reported, and leaves nothing",
          "[04][callback]") {
    struct Throws {
        explicit Throws(Counts& counts) : counted(counts) {}
        Throws(const Throws& other) : counted(other.counted) {
            throw std::runtime_error("no copy");
        }
        void operator()() {}
        Counted counted;
    };
    Counts counts;
    {
        const Throws callable(counts);
        CHECK_THROWS_WITH(Callback(callable), "no copy");
        CHECK(counts.copies == 1);
        CHECK(counts.alive == 1);
    }
    CHECK(counts.alive == 0);
}

TEST_CASE("a callback may put another in its place, if it was taken out to be called",
          "[04][callback]") {
    Counts counts;
    Callback place;
    place = [&place, counted = Counted(counts)]() mutable {
        place = Counted(counted);
        counted();  // is still here
    };
    {
        Callback taken = std::move(place);
        taken();
        CHECK(counts.alive == 2);
        CHECK(counts.calls == 1);
    }
    CHECK(counts.alive == 1);
    place();
    CHECK(counts.calls == 2);
}

TEST_CASE("what a replaced callback owned finds the new one in its place as it dies",
          "[04][callback]") {
    Callback place;
    int calls = 0;
    bool was_empty = true;
    const auto owner = [&] {
        return std::shared_ptr<int>(new int, [&](int* number) {
            delete number;
            was_empty = !place;
            if (place) place();
        });
    };
    SECTION("another") {
        place = [owned = owner()] {};
        place = [&calls] { ++calls; };
        CHECK_FALSE(was_empty);
        CHECK(calls == 1);
    }
    SECTION("nothing") {
        place = [owned = owner()] {};
        was_empty = false;
        place = nullptr;
        CHECK(was_empty);
    }
    SECTION("what it puts there itself stays") {
        place = [owned = std::shared_ptr<int>(new int, [&](int* number) {
                     delete number;
                     place = [&calls] { ++calls; };
                 })] {};
        place = nullptr;
        REQUIRE(place);
        place();
        CHECK(calls == 1);
    }
}
