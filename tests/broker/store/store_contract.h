#ifndef ENVEJ_TESTS_BROKER_STORE_STORE_CONTRACT_H_
#define ENVEJ_TESTS_BROKER_STORE_STORE_CONTRACT_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/store/ordered_store.h"

namespace envej::store {

// What every engine must do. An engine's test program compiles store_contract.cc in and instantiates the suite:
//   INSTANTIATE_TEST_SUITE_P(Engine, StoreContract, testing::Values(EngineUnderTest{...}));
class Engine {
 public:
  virtual ~Engine() = default;
  virtual OrderedStore& store() = 0;
  // Stops and opens again, without loss of power; the store before is gone.
  virtual void Reopen() = 0;
};

struct EngineUnderTest {
  std::string name;
  std::function<std::unique_ptr<Engine>()> make;  // over an empty store
};

inline void PrintTo(const EngineUnderTest& engine, std::ostream* out) { *out << engine.name; }

class StoreContract : public testing::TestWithParam<EngineUnderTest> {
 protected:
  OrderedStore& store() { return engine_->store(); }
  void Reopen() { engine_->Reopen(); }

 private:
  std::unique_ptr<Engine> engine_ = GetParam().make();
};

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
Mutation PutPosition(std::string key);
Mutation Delete(std::string key);

// The value of `key`; the test fails if the store does.
std::optional<std::string> ValueOf(OrderedStore& store, const std::string& key);

}  // namespace envej::store

#endif  // ENVEJ_TESTS_BROKER_STORE_STORE_CONTRACT_H_
