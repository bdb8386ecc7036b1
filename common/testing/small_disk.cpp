#include "common/testing/small_disk.hpp"

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif

namespace six::testing {

#ifdef __linux__

SmallDisk::SmallDisk(const std::string& size) {
    const std::string options = "size=" + size;
    const char* const where = directory_.path().c_str();
    // In a mount namespace of our own: a test run that is killed leaves no mount behind.
    mounted_ = ::unshare(CLONE_NEWNS) == 0 &&
               ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("six", where, "tmpfs", 0, options.c_str()) == 0;
}

SmallDisk::~SmallDisk() {
    if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
}

#else

SmallDisk::SmallDisk(const std::string&) {}
SmallDisk::~SmallDisk() = default;

#endif

}  // namespace six::testing
