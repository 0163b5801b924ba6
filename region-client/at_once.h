#ifndef ENVEJ_REGION_CLIENT_AT_ONCE_H_
#define ENVEJ_REGION_CLIENT_AT_ONCE_H_

#include <cstddef>
#include <functional>

namespace envej::region {

// Calls `act` with each of 0 to `count` - 1, up to `at_once` at a time, on threads that are gone when it returns. Where
// the system gives too few threads, the caller's does what is left.
void ForEachAtOnce(size_t count, size_t at_once, const std::function<void(size_t index)>& act);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AT_ONCE_H_
