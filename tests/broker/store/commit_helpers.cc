#include "tests/broker/store/commit_helpers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"

namespace envej::store {

absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'800'000'000 + seconds); }

std::vector<Outcome> CommitAndWait(OrderedStore& store, std::vector<Transition> transitions, Durability durability,
                                   absl::Time now) {
  auto answer = std::make_shared<std::promise<std::vector<Outcome>>>();
  std::future<std::vector<Outcome>> future = answer->get_future();
  store.Commit(std::move(transitions), durability, now,
               [answer](std::vector<Outcome> outcomes) { answer->set_value(std::move(outcomes)); });
  if (future.wait_for(std::chrono::seconds(10)) != std::future_status::ready) {
    ADD_FAILURE() << "no answer to a commit";
    return {};
  }
  return future.get();
}

Outcome CommitOne(OrderedStore& store, Transition transition, Durability durability, absl::Time now) {
  std::vector<Transition> transitions;
  transitions.push_back(std::move(transition));
  std::vector<Outcome> outcomes = CommitAndWait(store, std::move(transitions), durability, now);
  if (outcomes.size() != 1) {
    ADD_FAILURE() << "one transition, " << outcomes.size() << " outcomes";
    return Outcome{};
  }
  return std::move(outcomes.front());
}

Condition Absent(std::string key) { return Condition{.key = std::move(key), .value = std::nullopt}; }
Condition Equals(std::string key, std::string value) {
  return Condition{.key = std::move(key), .value = std::move(value)};
}
Mutation Put(std::string key, std::string value) {
  return Mutation{.kind = Mutation::Kind::kPut, .key = std::move(key), .value = std::move(value)};
}
Mutation PutWithPosition(std::string key, std::string value) {
  return Mutation{.kind = Mutation::Kind::kPutWithPosition, .key = std::move(key), .value = std::move(value)};
}
Mutation Delete(std::string key) {
  return Mutation{.kind = Mutation::Kind::kDelete, .key = std::move(key), .value = {}};
}

std::optional<std::string> ValueOf(OrderedStore& store, const std::string& key) {
  absl::StatusOr<std::optional<std::string>> value = store.Get(key);
  if (!value.ok()) {
    ADD_FAILURE() << value.status();
    return std::nullopt;
  }
  return *std::move(value);
}

}  // namespace envej::store
