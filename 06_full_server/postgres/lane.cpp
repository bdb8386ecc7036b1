#include "06_full_server/postgres/lane.hpp"

#include <algorithm>
#include <utility>

#include "05_coroutines/with_timeout.hpp"

namespace six::full {

namespace {

/// What is sent together is in memory twice: it should not be much.
constexpr std::size_t batch_bytes = 1024 * 1024;

}  // namespace

// --- PgQuery ---

PgQuery::Wait::Wait(EventLoop& loop, Lane& lane, std::shared_ptr<PgQuery> query)
    : LoopWait(loop), lane_(lane), query_(std::move(query)) {}

PgQuery::Wait::~Wait() {
    if (query_->waiting_ == this) disarm();
}

void PgQuery::Wait::disarm() noexcept {
    loop_.cancel(timer_);
    query_->waiting_ = nullptr;
    if (!query_->sent) lane_.remove(*query_);
}

// Not at once: the one who tells us is in the middle of something.
void PgQuery::Wait::finished() {
    timer_ = loop_.call_after(Duration::zero(), [this] { resume(); });
}

PgQuery::Value PgQuery::Wait::await_resume() const {
    if (!query_->finished()) throw_if_cancelled();
    Outcome<Value>& outcome = *query_->outcome_;
    if (outcome.failed) throw http::Error(*outcome.failed);
    return std::move(outcome.value);
}

void PgQuery::finish(Outcome<Value> outcome) {
    if (finished()) return;
    outcome_ = std::move(outcome);
    if (waiting_)
        waiting_->finished();
    else
        outcome_->value.reset();  // nobody takes it
}

// --- Lane, for requests ---

Lane::~Lane() {
    queued_ -= queue_.size();
}

// #region ask
Task<PgQuery::Value> Lane::ask(PgQuery::Kind kind, std::string parameter) {
    if (given_up_) throw http::Error(503, "the database is out of reach");
    const auto query = std::make_shared<PgQuery>(kind, std::move(parameter), memory_);
    if (queued_ >= limits_.queued || !query->keep(query->parameter.size()))
        throw http::Error(503, "the database is too far behind");
    push(query);
    try {
        co_return co_await with_timeout(loop_, limits_.patience, wait_for(query));
    } catch (const TimedOut&) {
        throw http::Error(503, query->sent && kind == PgQuery::Kind::save
                                   ? "the database takes too long: perhaps this is saved"
                                   : "the database takes too long");
    }
}
// #endregion

Task<PgQuery::Value> Lane::wait_for(std::shared_ptr<PgQuery> query) {
    co_return co_await PgQuery::Wait(loop_, *this, std::move(query));
}

void Lane::push(const std::shared_ptr<PgQuery>& query) {
    queue_.push_back(query);
    ++queued_;
    if (!idle_.empty()) idle_.back()->wake();
}

void Lane::remove(const PgQuery& query) noexcept {
    // Who gives up has mostly waited longest: it stands in front.
    const auto place = std::ranges::find(queue_, &query, &std::shared_ptr<PgQuery>::get);
    if (place == queue_.end()) return;
    queue_.erase(place);
    --queued_;
}

void Lane::give_up() {
    given_up_ = true;
    while (!queue_.empty()) {
        const auto query = std::move(queue_.front());
        queue_.pop_front();
        --queued_;
        query->finish({http::Error(503, "the database is out of reach"), {}});
    }
}

// --- Lane, for connections ---

Lane::Carrier::Carrier(Lane& lane) : lane_(lane) {
    ++lane_.carriers_;
    lane_.given_up_ = false;
}

// #region take
Lane::Batch Lane::take() {
    Batch batch;
    std::size_t bytes = 0;
    while (!queue_.empty() && batch.size() < limits_.batch) {
        bytes += queue_.front()->parameter.size();
        if (!batch.empty() && bytes > batch_bytes) break;
        queue_.front()->sent = true;
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
        --queued_;
    }
    // They are finished before the commit: they must not see what may yet be undone.
    std::ranges::stable_partition(
        batch, [](const auto& query) { return query->kind == PgQuery::Kind::find; });
    return batch;
}
// #endregion

Lane::WorkWait::~WorkWait() {
    if (armed_) disarm();
}

void Lane::WorkWait::arm() {
    loop_.when_readable(fd_, [this] {
        disarm();
        resume();
    });
    lane_.idle_.push_back(this);
    armed_ = true;
}

void Lane::WorkWait::disarm() noexcept {
    armed_ = false;
    loop_.cancel(timer_);
    std::erase(lane_.idle_, this);
    loop_.cancel_readable(fd_);
}

// In the loop's next turn: what others ask in this one goes along.
void Lane::WorkWait::wake() {
    disarm();
    timer_ = loop_.call_after(Duration::zero(), [this] { resume(); });
}

}  // namespace six::full
