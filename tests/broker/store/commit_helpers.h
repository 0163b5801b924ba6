#ifndef ENVEJ_TESTS_BROKER_STORE_COMMIT_HELPERS_H_
#define ENVEJ_TESTS_BROKER_STORE_COMMIT_HELPERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/store/ordered_store.h"

namespace envej::store {

inline constexpr Outcome::Kind kCommitted = Outcome::Kind::kCommitted;
inline constexpr Outcome::Kind kConditionFailed = Outcome::Kind::kConditionFailed;
inline constexpr Outcome::Kind kRefused = Outcome::Kind::kRefused;
inline constexpr Outcome::Kind kIndeterminate = Outcome::Kind::kIndeterminate;

// A moment for tests.
absl::Time At(int64_t seconds);

// Commits and waits for the outcomes; fails the test if none come within ten seconds.
std::vector<Outcome> CommitAndWait(OrderedStore& store, std::vector<Transition> transitions,
                                   Durability durability = Durability::kSynced, absl::Time now = At(0));
Outcome CommitOne(OrderedStore& store, Transition transition, Durability durability = Durability::kSynced,
                  absl::Time now = At(0));

Condition Absent(std::string key);
Condition Equals(std::string key, std::string value);
Mutation Put(std::string key, std::string value);
Mutation PutWithPosition(std::string key, std::string value = {});
Mutation Delete(std::string key);

// The value of `key`; the test fails if the store does.
std::optional<std::string> ValueOf(OrderedStore& store, const std::string& key);

}  // namespace envej::store

#endif  // ENVEJ_TESTS_BROKER_STORE_COMMIT_HELPERS_H_
