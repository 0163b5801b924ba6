#include "region-client/revision_numbers.h"

#include <mutex>
#include <utility>
#include <variant>

#include "region-client/at_once.h"
#include "region-client/newest.h"

namespace envej::region {
namespace {

// The newest's own number, if the newest is this revision.
uint32_t NumberAfter(const v1::GetNoticeResponse& newest, const v1::Notice& notice, const NoticeSealer& sealer) {
  const uint32_t number = newest.status().revision();
  v1::Notice as_newest = notice;
  as_newest.mutable_envelope()->set_revision(number);
  const bool is_same = number > 1 && sealer.IsOf(newest.receipt().content_commitment(), as_newest);
  return is_same ? number : number + 1;
}

}  // namespace

void NumberRevisions(std::vector<NoticeEntry>& notices, const CommandContext& context, absl::Time deadline,
                     const NoticeSealer& sealer, const std::function<void(const CallFailure&)>& trying_again,
                     std::vector<std::optional<Outcome>>& outcomes) {
  std::vector<size_t> without;
  for (size_t place = 0; place < notices.size(); ++place) {
    if (notices[place].lacks_revision) without.push_back(place);
  }
  std::mutex mutex;  // of the sealer, and of what is told
  ForEachAtOnce(without.size(), kCallsInFlight, [&](size_t index) {
    const size_t place = without[index];
    v1::Envelope& envelope = *notices[place].notice.mutable_envelope();
    Newest newest = AskNewest(context, deadline, envelope.municipality_code(), envelope.notice_id(),
                              [&](const CallFailure& failure) {
                                const std::lock_guard<std::mutex> lock(mutex);
                                trying_again(failure);
                              });
    if (const CallFailure* failure = std::get_if<CallFailure>(&newest)) {
      outcomes[place] = NotAsked(*failure);
      return;
    }
    const auto& answer = std::get<std::optional<v1::GetNoticeResponse>>(newest);
    if (!answer.has_value()) {
      outcomes[place] = {.kind = Outcome::Kind::kRefused,
                         .receipt = {},
                         .refusal = ToRefusal({.reason = contract::Reason::kNoticeNotFound, .violations = {}})};
      return;
    }
    const std::lock_guard<std::mutex> lock(mutex);
    envelope.set_revision(NumberAfter(*answer, notices[place].notice, sealer));
  });
  size_t told = 0;
  size_t numbered = 0;
  for (const size_t place : without) {
    if (outcomes[place].has_value()) continue;
    if (++numbered <= kNumbersTold) {
      ++told;
      context.streams.err << "line " << notices[place].lines.front() << ": says no revision: sent as revision "
                          << notices[place].notice.envelope().revision() << '\n';
    }
  }
  if (numbered > told) context.streams.err << "and " << numbered - told << " more\n";
}

}  // namespace envej::region
