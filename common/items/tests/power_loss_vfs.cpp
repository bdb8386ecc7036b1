// See power_loss_vfs.hpp. From top to bottom: the disk, the methods of an open file, the
// methods of the file system. What isn't about writing is passed on to the real ones.
#include "common/items/tests/power_loss_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "common/testing/files.hpp"

namespace six::testing {
namespace {

/// What becomes of one file when power is lost.
struct Durable {
    struct Change {
        std::size_t offset = 0;
        std::string bytes;      // written there; or, if empty:
        bool truncate = false;  // the file ends there
    };
    std::string synced;
    std::vector<Change> unsynced;

    void sync() {
        for (const Change& change : unsynced) {
            const std::size_t end = change.offset + change.bytes.size();
            if (change.truncate || synced.size() < end) synced.resize(end);
            std::copy(change.bytes.begin(), change.bytes.end(),
                      synced.begin() + static_cast<std::ptrdiff_t>(change.offset));
        }
        unsynced.clear();
    }
};

}  // namespace

struct PowerLossVfs::Disk {
    std::mutex mutex;
    bool power = true;
    bool full = false;
    std::map<std::string, Durable> files;  // by path
    sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
    sqlite3_vfs vfs{};
};

namespace {

using Disk = PowerLossVfs::Disk;

/// What SQLite holds for an open file. The real file's own data follow in memory.
struct File : sqlite3_file {
    Disk* disk;
    Durable* durable;  // null for temporary files
};

File* ours(sqlite3_file* file) {
    return static_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(ours(file) + 1);
}
Disk* disk_of(sqlite3_vfs* vfs) {
    return static_cast<Disk*>(vfs->pAppData);
}
sqlite3_vfs* real(sqlite3_vfs* vfs) {
    return disk_of(vfs)->real;
}

// --- an open file: what changes it ---

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    const std::lock_guard lock{ours(file)->disk->mutex};
    if (!ours(file)->disk->power) return SQLITE_IOERR_WRITE;
    sqlite3_int64 end = 0;
    real(file)->pMethods->xFileSize(real(file), &end);
    if (ours(file)->disk->full && offset + size > end) return SQLITE_FULL;
    const int result = real(file)->pMethods->xWrite(real(file), bytes, size, offset);
    if (result == SQLITE_OK && ours(file)->durable)
        ours(file)->durable->unsynced.push_back(
            {static_cast<std::size_t>(offset),
             std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
    return result;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const std::lock_guard lock{ours(file)->disk->mutex};
    if (!ours(file)->disk->power) return SQLITE_IOERR_TRUNCATE;
    const int result = real(file)->pMethods->xTruncate(real(file), size);
    if (result == SQLITE_OK && ours(file)->durable)
        ours(file)->durable->unsynced.push_back({static_cast<std::size_t>(size), {}, true});
    return result;
}

/// The only way to durability. The real sync is left out: it would only cost time.
int sync(sqlite3_file* file, int) {
    const std::lock_guard lock{ours(file)->disk->mutex};
    if (!ours(file)->disk->power) return SQLITE_IOERR_FSYNC;
    if (ours(file)->durable) ours(file)->durable->sync();
    return SQLITE_OK;
}

// --- an open file: what is passed on ---

int close(sqlite3_file* file) {
    return real(file)->pMethods->xClose(real(file));
}
int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), to, size, offset);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* locked) {
    return real(file)->pMethods->xCheckReservedLock(real(file), locked);
}
int control(sqlite3_file* file, int operation, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
    return real(file)->pMethods->xSectorSize(real(file));
}
/// Nothing is promised: no "atomic write", no "writes stay in order".
int device(sqlite3_file*) {
    return 0;
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** to) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, to);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void barrier(sqlite3_file* file) {
    real(file)->pMethods->xShmBarrier(real(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods file_methods = {
    2,           close,       read,         write,   truncate,    sync,   file_size,
    lock_file,   unlock_file, check_lock,   control, sector_size, device, map_shared,
    lock_shared, barrier,     unmap_shared, nullptr, nullptr,
};

// --- the file system ---

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* memory, int flags, int* out) {
    Disk* disk = disk_of(vfs);
    const std::lock_guard lock{disk->mutex};
    File* file = new (memory) File{{nullptr}, disk, nullptr};
    const int result = disk->real->xOpen(disk->real, path, real(file), flags, out);
    if (result != SQLITE_OK) return result;
    file->pMethods = &file_methods;
    if (path) {
        const bool known = disk->files.contains(path);
        file->durable = &disk->files[path];
        if (!known) file->durable->synced = read_file(path);  // nothing of it is in danger
    }
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    Disk* disk = disk_of(vfs);
    const std::lock_guard lock{disk->mutex};
    if (!disk->power) return SQLITE_IOERR_DELETE;
    const int result = disk->real->xDelete(disk->real, path, sync_directory);
    if (result == SQLITE_OK) disk->files.erase(path);
    return result;
}

int access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
    return real(vfs)->xAccess(real(vfs), path, flags, result);
}
int full_path(sqlite3_vfs* vfs, const char* path, int size, char* to) {
    return real(vfs)->xFullPathname(real(vfs), path, size, to);
}
int randomness(sqlite3_vfs* vfs, int size, char* to) {
    return real(vfs)->xRandomness(real(vfs), size, to);
}
int sleep(sqlite3_vfs* vfs, int microseconds) {
    return real(vfs)->xSleep(real(vfs), microseconds);
}
int current_time(sqlite3_vfs* vfs, double* to) {
    return real(vfs)->xCurrentTime(real(vfs), to);
}
int last_error(sqlite3_vfs* vfs, int size, char* to) {
    return real(vfs)->xGetLastError(real(vfs), size, to);
}

}  // namespace

PowerLossVfs::PowerLossVfs() : disk_(std::make_unique<Disk>()) {
    sqlite3_vfs& vfs = disk_->vfs;
    vfs.iVersion = 1;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + disk_->real->szOsFile;
    vfs.mxPathname = disk_->real->mxPathname;
    vfs.zName = "power-loss";
    vfs.pAppData = disk_.get();
    vfs.xOpen = open;
    vfs.xDelete = remove;
    vfs.xAccess = access;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_error;
    sqlite3_vfs_register(&vfs, /*as default*/ 1);
}

PowerLossVfs::~PowerLossVfs() {
    sqlite3_vfs_unregister(&disk_->vfs);
}

void PowerLossVfs::cut_power() {
    const std::lock_guard lock{disk_->mutex};
    disk_->power = false;
}

void PowerLossVfs::restore_power() {
    const std::lock_guard lock{disk_->mutex};
    for (auto& [path, file] : disk_->files) {
        file.unsynced.clear();
        std::ofstream(path, std::ios::binary | std::ios::trunc) << file.synced;
        std::filesystem::remove(path + "-shm");  // memory that processes share
    }
    disk_->power = true;
}

void PowerLossVfs::set_disk_full(bool full) {
    const std::lock_guard lock{disk_->mutex};
    disk_->full = full;
}

}  // namespace six::testing
