#ifndef ENVEJ_TESTS_BROKER_STORE_STORE_CONTRACT_H_
#define ENVEJ_TESTS_BROKER_STORE_STORE_CONTRACT_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "broker/store/ordered_store.h"

namespace envej::store {

// What every engine must do. An engine's test program compiles store_contract.cc and
// journal_contract.cc in and instantiates the suite:
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

// Mutations, and events that are journalled with them.
inline Transition Writing(std::vector<Mutation> mutations, std::vector<std::string> events = {}) {
  return Transition{.conditions = {}, .mutations = std::move(mutations), .events = std::move(events)};
}

}  // namespace envej::store

#endif  // ENVEJ_TESTS_BROKER_STORE_STORE_CONTRACT_H_
