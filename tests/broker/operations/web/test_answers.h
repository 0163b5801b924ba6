#ifndef ENVEJ_TESTS_BROKER_OPERATIONS_WEB_TEST_ANSWERS_H_
#define ENVEJ_TESTS_BROKER_OPERATIONS_WEB_TEST_ANSWERS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "broker/mutex.h"
#include "broker/operations/answers.h"

namespace envej::operations {

// Answers as a test sets them. Thread-safe.
class TestAnswers final : public Answers {
 public:
  // `part` is inboxes, late, status, participants or trace; `json` its response. False if it is no such thing.
  bool Set(absl::string_view part, absl::string_view json) ENVEJ_EXCLUDES(mutex_);

  // The sizes of the pages of notices that were asked for.
  std::vector<int> notice_pages() ENVEJ_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return notice_pages_;
  }

  absl::StatusOr<v1::ListInboxesResponse> ListInboxes(const v1::ListInboxesRequest& request) override;
  absl::StatusOr<v1::ListOperationsNoticesResponse> ListNotices(
      const v1::ListOperationsNoticesRequest& request) override;
  absl::StatusOr<v1::TraceNoticeResponse> TraceNotice(const v1::TraceNoticeRequest& request) override;
  absl::StatusOr<v1::ListParticipantsResponse> ListParticipants(const v1::ListParticipantsRequest& request) override;
  absl::StatusOr<v1::GetBrokerStatusResponse> GetBrokerStatus(const v1::GetBrokerStatusRequest& request) override;
  absl::Status CheckMunicipality(const std::string&) override { return absl::OkStatus(); }

 private:
  Mutex mutex_;
  v1::ListInboxesResponse inboxes_ ENVEJ_GUARDED_BY(mutex_);
  v1::ListOperationsNoticesResponse late_ ENVEJ_GUARDED_BY(mutex_);
  std::vector<int> notice_pages_ ENVEJ_GUARDED_BY(mutex_);
  v1::TraceNoticeResponse trace_ ENVEJ_GUARDED_BY(mutex_);
  v1::ListParticipantsResponse participants_ ENVEJ_GUARDED_BY(mutex_);
  v1::GetBrokerStatusResponse status_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace envej::operations

#endif  // ENVEJ_TESTS_BROKER_OPERATIONS_WEB_TEST_ANSWERS_H_
