#include "tests/histories/checker.h"

#include <algorithm>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "tests/histories/specification.h"

namespace envej::histories {
namespace {

// Wing and Gong's search, which remembers where it has been.
class Search {
 public:
  explicit Search(const std::vector<Call>& calls) : calls_(calls) {
    for (size_t index = 0; index < calls.size(); ++index) {
      if (calls[index].answer != Answer::kNone) answered_ |= uint64_t{1} << index;
    }
  }

  Verdict Run() {
    if (calls_.size() > kCallsMost) return Verdict::kTooMuch;
    const bool holds = Go(0, Notice());
    if (!holds && steps_ > kStepsMost) return Verdict::kTooMuch;
    return holds ? Verdict::kHolds : Verdict::kDoesNotHold;
  }

 private:
  // Whether what is not yet `done` can follow.
  bool Go(uint64_t done, const Notice& notice) {
    if ((done & answered_) == answered_) return true;
    if (++steps_ > kStepsMost || !been_.insert(absl::StrCat(done, ":", notice.Key())).second) return false;
    absl::Time first_end = absl::InfiniteFuture();
    for (size_t index = 0; index < calls_.size(); ++index) {
      const uint64_t bit = uint64_t{1} << index;
      if ((done & bit) == 0 && (answered_ & bit) != 0) first_end = std::min(first_end, calls_[index].end);
    }
    for (size_t index = 0; index < calls_.size(); ++index) {
      const uint64_t bit = uint64_t{1} << index;
      // Whatever ended before it began comes before it.
      if ((done & bit) != 0 || calls_[index].begin > first_end) continue;
      const std::optional<Notice> next = After(notice, calls_[index]);
      if (next.has_value() && Go(done | bit, *next)) return true;
    }
    return false;
  }

  const std::vector<Call>& calls_;
  uint64_t answered_ = 0;
  size_t steps_ = 0;
  std::unordered_set<std::string> been_;
};

}  // namespace

Verdict Check(const std::vector<Call>& calls) { return Search(calls).Run(); }

std::string Describe(const Call& call) {
  static const char* const kKinds[] = {"submit", "revise", "withdraw", "lease", "acknowledge", "return"};
  static const char* const kAnswers[] = {"no answer", "done",    "reused",   "not found",    "stale",
                                         "withdrawn", "revised", "not held", "acknowledged", "returned"};
  const int64_t begin = absl::ToUnixMicros(call.begin) % 1'000'000'000;
  const std::string end =
      call.answer == Answer::kNone ? "?" : absl::StrCat(absl::ToUnixMicros(call.end) % 1'000'000'000);
  return absl::StrCat("client ", call.client, " ", begin, "-", end, " ", kKinds[static_cast<int>(call.kind)],
                      " revision ", call.revision, " content ", call.content, " token '", call.token,
                      "': ", kAnswers[static_cast<int>(call.answer)], " ", call.receipt);
}

std::string Describe(std::vector<Call> calls) {
  std::stable_sort(calls.begin(), calls.end(),
                   [](const Call& one, const Call& other) { return one.begin < other.begin; });
  std::string lines;
  for (const Call& call : calls) absl::StrAppend(&lines, Describe(call), "\n");
  return lines;
}

}  // namespace envej::histories
