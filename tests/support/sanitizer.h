#ifndef ENVEJ_TESTS_SUPPORT_SANITIZER_H_
#define ENVEJ_TESTS_SUPPORT_SANITIZER_H_

namespace envej::support {

// Whether this is built with a sanitizer. What a process has in memory is then mostly the sanitizer's own, and too
// large to be searched.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kUnderSanitizer = true;
#else
inline constexpr bool kUnderSanitizer = false;
#endif

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_SANITIZER_H_
