#ifndef ENVEJ_REGION_CLIENT_AGENT_SENDER_H_
#define ENVEJ_REGION_CLIENT_AGENT_SENDER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/retry_policy.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/settlement.h"
#include "region-client/agent/stopping.h"
#include "region-client/command_context.h"
#include "region-client/notice_sealer.h"

namespace envej::region {

struct SenderParts {
  // How the broker is reached now. Its sleep and its calls end when the agent is to stop.
  std::function<CommandContext()> context;
  std::function<absl::Time()> now;
  AgentStore& store;
  CaseLocks& locks;
  Doorbell& doorbell;  // rung when something was put into the outbox, and when the agent is to stop
  Stopping& stopping;
  std::function<absl::StatusOr<NoticeSealer>()> make_sealer;
  // What the broker says of the municipalities: at the start, each hour, and where something is wrong with it.
  std::function<void(const v1::ListMunicipalitiesResponse& told)> learned;
  std::function<void()> told;  // called after something to tell was kept
  std::function<void(const std::string& line)> log;
};

// Empties the outbox: what is about one notice strictly in its order, different notices at once. Each is sent, with the
// same id and revision, until the broker's receipt or a refusal is kept; outages of days change nothing but the pace.
// The receipt goes into the case and the Outgoing out of the outbox in one synced batch: after a kill it is at worst
// sent again, and the broker knows it again.
//
// What the broker has of a notice is asked where it says that it has something else of it: revision numbers go on above
// its own, as after a restore of this store from a backup. What cannot be sent until people mend something, such as a
// certificate, stays, is told once, and keeps nothing else waiting. It is tried again as time passes, however much else
// there is to send. What it seals with that can no longer be read is used on as it was, and said once.
class Sender {
 public:
  // All that is given must outlive it.
  explicit Sender(SenderParts parts);

  // Returns when the agent is to stop, at once: calls under way are cancelled, and what may have been carried out is
  // sent again by the next that runs. Or with what keeps the store from being used.
  absl::Status Run();

  // What municipalities seal to is asked anew before the next is sent. Any thread.
  void LearnAnew() { learn_anew_ = true; }

  // Whether the last call reached the broker.
  bool reaches_broker() const { return reaches_broker_; }
  absl::Time last_receipt_at() const { return absl::FromUnixMicros(last_receipt_micros_); }

 private:
  struct Round {
    std::vector<StoredOutgoing> items;
    std::optional<uint64_t> skipped;  // the first behind another of its notice
    uint64_t next = 0;
  };

  // False if there is nothing to do until something comes or time has passed.
  absl::StatusOr<bool> SendRound();
  absl::StatusOr<Round> ReadRound();
  bool LearnIfDue();
  void Send(const Round& round);
  contract::Moment MomentOf(contract::SentAs sent_as) const;
  void SendNotices(const std::vector<StoredOutgoing>& items, contract::SentAs sent_as);
  void SendWithdrawals(const std::vector<StoredOutgoing>& items);
  Outcome Withdraw(const v1::Withdrawal& withdrawal);
  void Settle(std::vector<Settled> settled);
  // What the broker has, where it refused for what it has.
  void AskWhereNeeded(std::vector<Settled>& settled);
  void Wait();
  void BeginPass();

  const SenderParts parts_;
  std::optional<CommandContext> context_;  // of this round
  std::optional<NoticeSealer> sealer_;
  std::string said_unsealable_;
  bool said_away_ = false;
  absl::Time learned_at_ = absl::InfinitePast();
  contract::RetryPolicy policy_;
  absl::Time pass_began_ = absl::InfinitePast();
  std::optional<absl::Time> again_at_;  // when what waits is looked at again
  uint64_t from_ = 0;                   // where the next round begins
  std::set<std::string> waiting_;       // notices of which something could not be sent in this pass
  std::set<std::string> asked_;         // notices of which the broker was asked in this pass
  std::set<std::string> told_held_up_;
  std::atomic<bool> learn_anew_ = false;
  std::mutex mutex_;  // of the four below, and while outcomes come of the sets above
  absl::Status failure_;
  size_t sent_ = 0;
  bool unreachable_ = false;
  bool changed_ = false;  // what the broker refused for what it has can be sent now
  std::atomic<bool> reaches_broker_ = false;
  std::atomic<int64_t> last_receipt_micros_ = 0;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_SENDER_H_
