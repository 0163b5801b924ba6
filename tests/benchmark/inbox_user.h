#ifndef ENVEJ_TESTS_BENCHMARK_INBOX_USER_H_
#define ENVEJ_TESTS_BENCHMARK_INBOX_USER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "envej/v1/inbox_service.grpc.pb.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "tests/benchmark/notices.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

// One inbox from both sides, one call at a time: fills it, and pulls and acknowledges what is in it.
class InboxUser {
 public:
  static absl::StatusOr<std::unique_ptr<InboxUser>> Connect(Stage& stage, const std::string& code);

  // Submits so many notices.
  absl::Status Fill(int notices);

  struct Times {
    int notices = 0;  // pulled and acknowledged
    double pull_milliseconds = 0;
    double acknowledge_milliseconds = 0;
  };
  // Pulls up to `most` notices and acknowledges them.
  absl::StatusOr<Times> Deliver(int most);

 private:
  InboxUser(const std::string& code, const std::shared_ptr<grpc::Channel>& region,
            const std::shared_ptr<grpc::Channel>& municipality);

  const std::string code_;
  const std::unique_ptr<v1::IntakeService::Stub> intake_;
  const std::unique_ptr<v1::InboxService::Stub> outlet_;
  NoticeMaker notices_;
};

// Whether every notice of a batch was accepted.
bool AllAccepted(const v1::SubmitNoticesResponse& response);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_INBOX_USER_H_
