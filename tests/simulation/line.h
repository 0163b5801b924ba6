#ifndef ENVEJ_TESTS_SIMULATION_LINE_H_
#define ENVEJ_TESTS_SIMULATION_LINE_H_

#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/inbox/inboxes.h"
#include "proto/contract/rejection.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/faulty_store.h"
#include "tests/simulation/known.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/random.h"

namespace envej::simulation {

// The line between all clients and the broker, and what the clients know. Calls whose answers never came stay open: the
// client does not know what became of them, and makes them again.
class Line {
 public:
  Line(Random& random, Coverage& coverage, FaultyStore& store) : random_(random), coverage_(coverage), store_(store) {}

  // The broker runs, or (null) does not: answers from before reach nobody.
  void Connect(inbox::Inboxes* inboxes) {
    inboxes_ = inboxes;
    ++life_;
  }
  // Whether a lease is the newest thing that happened to its notice, as the journal has it: an answer may come late.
  std::function<bool(const store::NoticeKey& notice, const std::string& token)> is_newest_lease;

  // What a region's clock shows, which is right, and the broker's.
  std::function<absl::Time()> region_time;
  std::function<absl::Time()> broker_clock;

  // While a restored store recovers nothing is handed out.
  void HoldPulls(bool hold) { holds_pulls_ = hold; }
  bool holds_pulls() const { return holds_pulls_; }

  // From now on nothing excuses a refusal.
  void EndFaults() { may_fail_ = false; }

  inbox::Inboxes& inboxes() { return *inboxes_; }
  FaultyStore& store() { return store_; }
  Random& random() { return random_; }
  Coverage& coverage() { return coverage_; }
  KnownNotices& notices() { return notices_; }
  Findings& findings() { return findings_; }
  Promises& promises() { return promises_; }

  // A callback for one call, which `again` makes anew; `heard` is called if the answer gets through.
  template <typename Answer>
  std::function<void(Answer)> Expect(std::function<void()> again, std::function<void(Answer)> heard) {
    const uint64_t call = next_call_++;
    open_.emplace(call, std::move(again));
    return [this, call, life = life_, heard = std::move(heard)](Answer answer) {
      if (life != life_ || store_.loses_answers()) return;
      open_.erase(call);
      heard(std::move(answer));
    };
  }
  // Whether an answer of this life would get through now.
  std::function<bool()> Hears() {
    return [this, life = life_] { return life == life_ && !store_.loses_answers(); };
  }

  // Makes one call again of which no answer came yet. False if there is none.
  bool Repeat() {
    if (open_.empty()) return false;
    auto call = open_.begin();
    std::advance(call, static_cast<std::ptrdiff_t>(random_.Below(open_.size())));
    const std::function<void()> again = std::move(call->second);
    open_.erase(call);
    again();
    return true;
  }
  size_t open() const { return open_.size(); }

  CallMade Made(uint64_t calls) {
    return {.at = inboxes_->Now(), .calls = calls, .may_fail = may_fail_, .answered_at = {}};
  }
  CallMade Answered(CallMade call) {
    call.answered_at = inboxes_->Now();
    return call;
  }
  void CountAnswer(absl::string_view what, const absl::Status& status) {
    const contract::Reason reason = contract::RejectionOf(status).reason;
    const absl::string_view answer = status.ok()                         ? "OK"
                                     : reason == contract::Reason::kNone ? "(the store failed)"
                                                                         : contract::Describe(reason).name;
    coverage_.Count(absl::StrCat(what, ": ", answer));
  }

  // A notice for which `wanted` holds; null if there is none.
  KnownNotice* Any(const std::function<bool(const KnownNotice&)>& wanted) {
    std::vector<KnownNotice*> found;
    for (auto& [key, notice] : notices_) {
      if (wanted(notice)) found.push_back(&notice);
    }
    return found.empty() ? nullptr : random_.OneOf(found);
  }

 private:
  Random& random_;
  Coverage& coverage_;
  FaultyStore& store_;
  inbox::Inboxes* inboxes_ = nullptr;
  uint64_t life_ = 0;
  bool may_fail_ = true;
  bool holds_pulls_ = false;
  KnownNotices notices_;
  Findings findings_;
  Promises promises_{notices_, findings_};
  std::map<uint64_t, std::function<void()>> open_;
  uint64_t next_call_ = 1;
};

inline const std::vector<std::string>& Municipalities() {
  static const auto* const codes = new std::vector<std::string>{"0101", "0147", "0851"};
  return *codes;
}
inline const std::vector<std::string>& Regions() {
  static const auto* const codes = new std::vector<std::string>{"1081", "1084"};
  return *codes;
}

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_LINE_H_
