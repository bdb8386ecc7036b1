// Whether this is built with a sanitizer, which keeps memory of its own for every byte of
// ours: what counts or limits memory says nothing then.
#pragma once

namespace six::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif !defined(__has_feature)
inline constexpr bool sanitized = false;
#elif __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace six::testing
