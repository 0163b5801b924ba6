#ifndef ENVEJ_BROKER_OPERATIONS_ANSWERS_H_
#define ENVEJ_BROKER_OPERATIONS_ANSWERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::operations {

// What operations may ask of a broker, in the words of the contract (operations_service.proto): the calls and the pages
// tell the same. Nothing here changes anything.
//
// Errors: refusals carry their reason (contract::RejectionOf). Thread safety: any thread; some answers read the store.
class Answers {
 public:
  virtual ~Answers() = default;

  virtual absl::StatusOr<v1::ListInboxesResponse> ListInboxes(const v1::ListInboxesRequest& request) = 0;
  virtual absl::StatusOr<v1::ListOperationsNoticesResponse> ListNotices(
      const v1::ListOperationsNoticesRequest& request) = 0;
  virtual absl::StatusOr<v1::TraceNoticeResponse> TraceNotice(const v1::TraceNoticeRequest& request) = 0;
  virtual absl::StatusOr<v1::ListParticipantsResponse> ListParticipants(const v1::ListParticipantsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetBrokerStatusResponse> GetBrokerStatus(const v1::GetBrokerStatusRequest& request) = 0;

  // Refused: MUNICIPALITY_UNKNOWN, for a code that neither the register has nor any notice in the store.
  virtual absl::Status CheckMunicipality(const std::string& municipality_code) = 0;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_ANSWERS_H_
