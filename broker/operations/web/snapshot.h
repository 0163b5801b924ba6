#ifndef ENVEJ_BROKER_OPERATIONS_WEB_SNAPSHOT_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_SNAPSHOT_H_

#include <string>

#include "absl/time/time.h"
#include "broker/operations/answers.h"

namespace google::protobuf {
class Message;
}

namespace envej::operations {

// A message in protobuf's JSON, every field of a plain type written.
std::string ToJson(const google::protobuf::Message& message);

// What of the participants is shown: who is suspended, and whose certificates expire within 30 days of `now`. A
// certificate that was followed by one that holds for longer is not told, nor inbox certificates beside one that does.
inline constexpr absl::Duration kExpiresSoon = absl::Hours(24 * 30);
v1::ListParticipantsResponse WorthTelling(const v1::ListParticipantsResponse& all, absl::Time now);

// Those of whom no certificate is known, as they were never let in as far as the broker knows, though the register
// would let them: who they are and whom to phone.
v1::ListParticipantsResponse Unseen(const v1::ListParticipantsResponse& all);

// The late notices of one inbox, at most kLateNoticesMost of them, and no more are read for it. With a page token or a
// number of left out there are more.
inline constexpr int kLateNoticesMost = 20;
absl::StatusOr<v1::ListOperationsNoticesResponse> LateNotices(Answers& answers, const std::string& municipality_code);

// What the dashboard shows. Used by one thread at a time.
class SnapshotMaker {
 public:
  // Late notices are asked for when their numbers change, and after this long; of so many inboxes at most.
  static constexpr absl::Duration kLateEvery = absl::Seconds(10);
  static constexpr int kLateInboxesMost = 10;

  // `answers` must outlive it.
  explicit SnapshotMaker(Answers& answers) : answers_(answers) {}

  // The members of a JSON object: inboxes, status, participants (WorthTelling), unseen (Unseen) and late, each null if
  // it could not be had. The late notices have a page token, of no use as such, where there are more than are told.
  // `passed` is what has passed since some moment in the past.
  std::string Make(absl::Time now, absl::Duration passed);

 private:
  const std::string& Late(const v1::ListInboxesResponse& inboxes, absl::Duration passed);

  Answers& answers_;
  std::string late_;     // JSON
  std::string late_of_;  // the numbers that it belongs to
  absl::Duration late_at_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_SNAPSHOT_H_
