#ifndef ENVEJ_TESTS_BENCHMARK_INBOX_USER_H_
#define ENVEJ_TESTS_BENCHMARK_INBOX_USER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "envej/v1/inbox_service.grpc.pb.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "tests/benchmark/notices.h"
#include "tests/benchmark/region_user.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

// One inbox from both sides, one call at a time: fills it, and pulls and acknowledges what is in it.
class InboxUser {
 public:
  // Fills it over the region's connection, with notices that the region sealed; takes from it over one of its own.
  static absl::StatusOr<std::unique_ptr<InboxUser>> Connect(Stage& stage, const RegionUser& region,
                                                            const std::string& code);

  // Submits so many notices, in batches as large as may be.
  absl::Status Fill(int notices);

  struct Times {
    int notices = 0;  // pulled and acknowledged
    double pull_milliseconds = 0;
    double acknowledge_milliseconds = 0;
  };
  // Pulls up to `most` notices and acknowledges them.
  absl::StatusOr<Times> Deliver(int most);

 private:
  InboxUser(const std::string& code, v1::Notice notice, const std::shared_ptr<grpc::Channel>& region,
            const std::shared_ptr<grpc::Channel>& municipality);

  const std::string code_;
  const v1::Notice notice_;  // sent over and over, under new ids
  const std::unique_ptr<v1::IntakeService::Stub> intake_;
  const std::unique_ptr<v1::InboxService::Stub> outlet_;
  NoticeMaker notices_;
};

// Whether every notice of a batch was accepted.
bool AllAccepted(const v1::SubmitNoticesResponse& response);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_INBOX_USER_H_
