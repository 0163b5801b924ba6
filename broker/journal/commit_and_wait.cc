#include "broker/journal/commit_and_wait.h"

#include <memory>
#include <utility>
#include <vector>

#include "broker/mutex.h"

namespace envej::journal {
namespace {

struct Answer {
  Mutex mutex;
  ConditionVariable came;
  std::optional<store::Outcome> outcome ENVEJ_GUARDED_BY(mutex);
};

}  // namespace

store::Outcome CommitAndWait(store::OrderedStore& store, store::Transition transition, std::optional<absl::Time> now) {
  const auto answer = std::make_shared<Answer>();
  std::vector<store::Transition> transitions;
  transitions.push_back(std::move(transition));
  store.Commit(std::move(transitions), store::Durability::kSynced, now.value_or(store.LastPersistedTime()),
               [answer](std::vector<store::Outcome> outcomes) {
                 MutexLock lock(answer->mutex);
                 answer->outcome = outcomes.empty() ? store::Outcome() : std::move(outcomes.front());
                 answer->came.NotifyAll();
               });
  MutexLock lock(answer->mutex);
  while (!answer->outcome) answer->came.Wait(answer->mutex);
  return *answer->outcome;
}

}  // namespace envej::journal
