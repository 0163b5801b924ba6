#ifndef ENVEJ_BROKER_ANSWERS_BROKER_ANSWERS_H_
#define ENVEJ_BROKER_ANSWERS_BROKER_ANSWERS_H_

#include <string>

#include "absl/status/status.h"
#include "broker/clock.h"
#include "broker/inbox/inboxes.h"
#include "broker/operations/answers.h"
#include "broker/operations/attendance.h"
#include "broker/operations/board.h"
#include "broker/operations/durations.h"
#include "broker/operations/metrics.h"
#include "broker/suspensions.h"
#include "broker/trust/trust.h"

namespace envej {

// What a serving broker answers operations: from what it counts in memory, from the register and, of notices, from the
// store.
class BrokerAnswers final : public operations::Answers {
 public:
  // What it asks. All must outlive it.
  struct Parts {
    inbox::Inboxes& inboxes;
    operations::Board& board;
    operations::Attendance& attendance;
    const operations::Durations& durations;
    const operations::Metrics& metrics;
    const Suspensions& suspensions;
    const trust::CurrentTrust& trust;
    const Clock& clock;
  };

  explicit BrokerAnswers(const Parts& parts) : parts_(parts) {}

  absl::StatusOr<v1::ListInboxesResponse> ListInboxes(const v1::ListInboxesRequest& request) override;
  absl::StatusOr<v1::ListOperationsNoticesResponse> ListNotices(
      const v1::ListOperationsNoticesRequest& request) override;
  absl::StatusOr<v1::TraceNoticeResponse> TraceNotice(const v1::TraceNoticeRequest& request) override;
  absl::StatusOr<v1::ListParticipantsResponse> ListParticipants(const v1::ListParticipantsRequest& request) override;
  absl::StatusOr<v1::GetBrokerStatusResponse> GetBrokerStatus(const v1::GetBrokerStatusRequest& request) override;
  absl::Status CheckMunicipality(const std::string& municipality_code) override;

 private:
  absl::StatusOr<v1::ListOperationsNoticesResponse> ListLate(const v1::ListOperationsNoticesRequest& request,
                                                             const inbox::NoticeQuery& query);

  const Parts parts_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_ANSWERS_BROKER_ANSWERS_H_
