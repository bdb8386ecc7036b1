// The recording, see trace.hpp. Requests leave their events in a buffer; a thread of our
// own turns them into JSON (trace_file.hpp) and waits for the disk, so that nobody else has
// to.
#include "common/trace/trace.hpp"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "common/trace/trace_file.hpp"

namespace six::trace {
namespace {

using Clock = std::chrono::steady_clock;

/// What is lost when a server is killed.
constexpr std::chrono::milliseconds write_interval{200};

/// The one recording that there can be at a time.
class Recorder {
  public:
    ~Recorder() { stop(); }
    void start(const std::string& path, const std::string& program);
    void stop();
    void record(std::uint64_t request, State state, Where where);
    std::uint64_t next_request() { return ++last_request_; }

  private:
    void write_until_stopped();

    std::atomic<std::uint64_t> last_request_{0};
    std::mutex mutex_;  // guards the next four
    std::condition_variable stopping_;
    bool running_ = false;
    std::vector<Event> events_;
    std::uint32_t last_thread_ = 0;
    Clock::time_point start_{};        // set before the threads start
    std::unique_ptr<TraceFile> file_;  // the writer's while it runs
    std::thread writer_;
};

void Recorder::start(const std::string& path, const std::string& program) {
    stop();
    file_ = std::make_unique<TraceFile>(path, program);
    last_request_ = 0;
    events_.clear();
    start_ = Clock::now();
    running_ = true;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are for the server's threads
    writer_ = std::thread([this] { write_until_stopped(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    recording = true;
}

void Recorder::stop() {
    if (!writer_.joinable()) return;
    recording = false;
    {
        const std::lock_guard lock{mutex_};
        running_ = false;
    }
    stopping_.notify_one();
    writer_.join();
    file_.reset();
}

void Recorder::record(std::uint64_t request, State state, Where where) {
    thread_local std::uint32_t thread = 0;
    if (request == 0) return;
    const std::lock_guard lock{mutex_};
    if (!running_) return;  // stopped since the flag was tested
    if (thread == 0) thread = ++last_thread_;
    // Under the mutex, so that the events stand in the order of their times.
    events_.push_back({request, Clock::now() - start_, where, thread, state});
}

void Recorder::write_until_stopped() {
    std::vector<Event> taken;
    for (bool running = true; running;) {
        {
            std::unique_lock lock{mutex_};
            stopping_.wait_for(lock, write_interval, [this] { return !running_; });
            running = running_;
            taken.swap(events_);
        }
        for (const Event& event : taken) file_->add(event);
        taken.clear();
        if (!running) file_->add_end();
        if (!file_->write()) {
            recording = false;
            std::fputs("the trace ends here: it can't be written any more\n", stderr);
            return;
        }
    }
}

Recorder& recorder() {
    static Recorder only;
    return only;
}

}  // namespace

const char* name(State state) {
    switch (state) {
        case State::accepted: return "accepted";
        case State::waiting_for_head: return "waiting for head";
        case State::waiting_for_body: return "waiting for body";
        case State::waiting_for_database: return "waiting for database";
        case State::running: return "running";
        case State::writing: return "writing";
        case State::done: return "done";
    }
    return "unknown";
}

void start(const std::string& file, const std::string& program) {
    recorder().start(file, program);
}

void stop() {
    recorder().stop();
}

void record(std::uint64_t request, State state, Where where) {
    recorder().record(request, state, where);
}

Request Request::accepted(Where where) {
    const Request request = next();
    request.enter(State::accepted, where);
    return request;
}

Request Request::numbered() {
    return Request{recorder().next_request()};
}

}  // namespace six::trace
