#ifndef ENVEJ_MUNICIPALITY_CLIENT_DELIVERY_H_
#define ENVEJ_MUNICIPALITY_CLIENT_DELIVERY_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "municipality-client/content_opener.h"
#include "municipality-client/inbox_client.h"
#include "municipality-client/item_check.h"
#include "municipality-client/notice_folder.h"
#include "municipality-client/output.h"
#include "municipality-client/step.h"

namespace envej::municipality_client {

struct DeliveryOptions {
  std::string municipality_code;
  int batch = 100;                           // items a pull: 1 to 500
  absl::Duration lease = absl::Seconds(60);  // 5 seconds to 15 minutes
  absl::Duration wait;                       // of a pull for its first item: 0 to 60 seconds
  bool forever = false;                      // go on when the inbox is empty
  std::string command;                       // run before acknowledging; empty for none
};

// The loop that joins the parts: pull, keep, run the command, acknowledge, return. A notice, a revision or a withdrawal
// is acknowledged only once the folder has it durably, what it supersedes is erased there, and the command, where there
// is one, has succeeded.
class Delivery {
 public:
  // All but `options` outlive it.
  Delivery(DeliveryOptions options, InboxClient& client, ContentOpener& opener, NoticeFolder& folder, Output& output,
           const absl::TimeZone& copenhagen, StepCallback on_step);

  // OK when a pull came back empty or, with `forever`, after a stop; what was held is then finished. CANCELLED when it
  // was stopped before the inbox was empty. ABORTED when the command failed or nothing could be acknowledged, and
  // FAILED_PRECONDITION when notices were left to their leases because no current revocation list says anything of
  // their signer, after all others were delivered (neither with `forever`, which tries again).
  // DATA_LOSS when an event could not be written; the batch was finished, and no other pulled. Otherwise the error of
  // the client or the folder.
  absl::Status Run(std::stop_token stop);

  const Summary& summary() const { return summary_; }

 private:
  struct Batch {
    std::vector<Arrival> arrivals;
    std::vector<v1::LeaseName> arrival_leases;  // of each arrival; once kept, of those that may be acknowledged
    std::vector<ReturnCause> causes;
    std::vector<v1::LeaseName> cause_leases;  // of each cause
    size_t left = 0;                          // that cannot be judged yet, and are left to their leases
  };

  // Warns of an error, once until it is another or none.
  void TellOnce(const absl::Status& status, absl::string_view text, absl::Status& last);
  Batch Sort(const Pulled& pulled);
  absl::StatusOr<Verdict> Judge(const v1::InboxItem& item, const Signers& signers,
                                const contract::Moment& moment) const;
  // Remembers that notices are left, and with `forever` warns, once for each reason until there are other lists.
  void TellLeft(const absl::Status& why);
  absl::StatusOr<Verdict> JudgeNotice(const v1::InboxItem& item, const Signers& signers,
                                      const contract::Moment& moment) const;
  absl::StatusOr<Verdict> JudgeWithdrawal(const v1::InboxItem& item, const Signers& signers,
                                          const contract::Moment& moment) const;
  // Keeps the arrivals, and gives what the folder has of each lease that is left; what is unkept becomes a cause for a
  // return.
  absl::StatusOr<std::vector<Kept>> Keep(Batch& batch);
  // How many items were settled: acknowledged or returned. ABORTED if the command failed.
  absl::StatusOr<size_t> Deliver(const Pulled& pulled, std::stop_token stop);
  absl::Status RunCommand(const std::vector<Kept>& kept);
  // `kept`: of each lease.
  absl::StatusOr<size_t> Acknowledge(const std::vector<v1::LeaseName>& leases, const std::vector<Kept>& kept,
                                     std::stop_token stop);
  absl::StatusOr<size_t> Return(const Batch& batch, std::stop_token stop);
  // What became of one that is kept.
  void TellKept(const Kept& kept);
  // Whether it counts as settled. `kept`: what the folder has of it; nothing for a return.
  bool TellRefused(const v1::LeaseName& name, const v1::Rejection& rejected, const Kept* kept);
  // That it is withdrawn, by the broker's word.
  void TellWithdrawn(const v1::LeaseName& name, absl::string_view reason, const Kept* kept);
  // Of what is withdrawn by the broker's word alone, now that nothing else waits.
  void TellUnsigned();
  // As Run.
  absl::Status EmptyInbox(std::stop_token stop);
  void Passed(Step step) const {
    if (on_step_) on_step_(step);
  }

  DeliveryOptions options_;
  InboxClient& client_;
  ContentOpener& opener_;
  NoticeFolder& folder_;
  Output& output_;
  absl::TimeZone copenhagen_;
  StepCallback on_step_;
  Summary summary_;
  absl::Status lists_read_;  // whether the revocation lists could be read when they were looked at last
  absl::Status left_;        // why notices were left, if any were
  // What is withdrawn by the broker's word, by region and id, and where its file is; until its withdrawal comes.
  std::map<std::pair<std::string, std::string>, std::pair<v1::LeaseName, std::string>> unsigned_;
  // Of the lists of one generation, what was told of notices that are left.
  std::set<std::string> told_left_;
  int told_generation_ = 0;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_DELIVERY_H_
