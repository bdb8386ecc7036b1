// The shim: a library that is loaded into a server before libc (LD_PRELOAD, ld.so(8)) and
// lets single system calls fail on the lab's order. The server's code is what it always is.
// Read first: shim_control.hpp.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <string_view>

#include "bench/lab/shim_control.hpp"

namespace {

using namespace six::lab;

/// libc's own function, which the one of that name in this file hides.
template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

ShimControl* map_control() {
    const char* const path = std::getenv(control_variable);
    const int fd = path ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return nullptr;
    void* const page =
        ::mmap(nullptr, sizeof(ShimControl), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    return page == MAP_FAILED ? nullptr : static_cast<ShimControl*>(page);
}

/// Nothing if the lab wants no fault of this process.
ShimControl* control() {
    static ShimControl* const mapped = map_control();
    return mapped;
}

/// True, and errno is set, if this call has to fail.
bool fails(std::atomic<int> ShimControl::*fault) {
    const int error = control() ? (control()->*fault).load() : 0;
    if (error == 0) return false;
    control()->failures.fetch_add(1);
    errno = error;
    return true;
}

DatabaseFile file_of(int fd) {
    std::array<char, 32> link{"/proc/self/fd/"};
    std::array<char, 4096> path;
    std::size_t end = 14;
    for (int unit = 1'000'000; unit > 0; unit /= 10)
        if (fd >= unit || unit == 1) link[end++] = static_cast<char>('0' + fd / unit % 10);
    const ssize_t length = ::readlink(link.data(), path.data(), path.size());
    const std::string_view name(path.data(),
                                length > 0 ? static_cast<std::size_t>(length) : 0);
    if (name.ends_with(".db-wal")) return DatabaseFile::log;
    return name.ends_with(".db") ? DatabaseFile::main : DatabaseFile::none;
}

// --- the journal ---

class Journal {
  public:
    bool enabled() const { return fd_ >= 0; }
    std::int64_t records() {
        const std::scoped_lock lock(mutex_);
        return records_;
    }
    void add(JournalRecord record, const void* data = nullptr) {
        const std::scoped_lock lock(mutex_);
        std::array<iovec, 2> parts{
            {{&record, sizeof record},
             {const_cast<void*>(data), data ? static_cast<std::size_t>(record.bytes) : 0}}};
        if (::writev(fd_, parts.data(), parts.size()) < 0) std::abort();
        ++records_;
    }

  private:
    static int open_file() {
        const char* const path = std::getenv(journal_variable);
        return path ? ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    }

    const int fd_ = open_file();
    std::mutex mutex_;
    std::int64_t records_ = 0;  // guarded by mutex_
};

Journal& journal() {
    static auto* const journal = new Journal;  // outlives the threads that still write
    return *journal;
}

/// A write to a file at `offset`: fails, or happens and is noted.
template <class Write>
ssize_t write_at(int fd, const void* data, off64_t offset, Write write) {
    const DatabaseFile file = control() ? file_of(fd) : DatabaseFile::none;
    if (file != DatabaseFile::none && fails(&ShimControl::write_error)) return -1;
    const ssize_t written = write();
    if (written > 0 && file != DatabaseFile::none && journal().enabled())
        journal().add({JournalRecord::Kind::write, file, offset, written}, data);
    return written;
}

int truncate_to(int fd, off64_t size) {
    static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
    const DatabaseFile file = control() ? file_of(fd) : DatabaseFile::none;
    const int result = real(fd, size);
    if (result == 0 && file != DatabaseFile::none && journal().enabled())
        journal().add({JournalRecord::Kind::truncate, file, size, 0});
    return result;
}

int sync(int fd, int (*real)(int)) {
    const DatabaseFile file = control() ? file_of(fd) : DatabaseFile::none;
    if (file == DatabaseFile::none) return real(fd);
    if (fails(&ShimControl::sync_error)) return -1;
    if (control()->sync_lies != 0) return 0;
    const long delay_ms = control()->sync_delay_ms;
    const timespec delay{delay_ms / 1000, delay_ms % 1000 * 1'000'000};
    if (delay_ms > 0) {
        control()->delays.fetch_add(1);
        ::nanosleep(&delay, nullptr);
    }
    const std::int64_t before = journal().records();
    const int result = real(fd);
    if (result == 0 && journal().enabled())
        journal().add({JournalRecord::Kind::sync, file, before, 0});
    return result;
}

long step() {
    return control() ? control()->clock_step_s.load() : 0;
}

}  // namespace

extern "C" {

int accept(int fd, sockaddr* address, socklen_t* size) {
    static const auto real = next<int (*)(int, sockaddr*, socklen_t*)>("accept");
    return fails(&ShimControl::accept_error) ? -1 : real(fd, address, size);
}

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
    static const auto real = next<int (*)(int, sockaddr*, socklen_t*, int)>("accept4");
    return fails(&ShimControl::accept_error) ? -1 : real(fd, address, size, flags);
}

ssize_t pwrite64(int fd, const void* data, size_t count, off64_t offset) {
    static const auto real =
        next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    return write_at(fd, data, offset, [&] { return real(fd, data, count, offset); });
}

ssize_t pwrite(int fd, const void* data, size_t count, off_t offset) {
    return pwrite64(fd, data, count, offset);
}

ssize_t write(int fd, const void* data, size_t count) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    const off64_t offset = control() ? ::lseek64(fd, 0, SEEK_CUR) : 0;
    return write_at(fd, data, offset, [&] { return real(fd, data, count); });
}

int ftruncate64(int fd, off64_t size) noexcept {
    return truncate_to(fd, size);
}
int ftruncate(int fd, off_t size) noexcept {
    return truncate_to(fd, size);
}

int fdatasync(int fd) {
    static const auto real = next<int (*)(int)>("fdatasync");
    return sync(fd, real);
}

int fsync(int fd) {
    static const auto real = next<int (*)(int)>("fsync");
    return sync(fd, real);
}

int clock_gettime(clockid_t clock, timespec* now) noexcept {
    static const auto real = next<int (*)(clockid_t, timespec*)>("clock_gettime");
    const int result = real(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += step();
    return result;
}

int gettimeofday(timeval* now, void* zone) noexcept {
    static const auto real = next<int (*)(timeval*, void*)>("gettimeofday");
    const int result = real(now, zone);
    if (result == 0) now->tv_sec += step();
    return result;
}

time_t time(time_t* copy) noexcept {
    static const auto real = next<time_t (*)(time_t*)>("time");
    const time_t now = real(nullptr) + step();
    if (copy) *copy = now;
    return now;
}
}
