#ifndef ENVEJ_TESTS_FAULTS_FAILING_CALLS_PLAN_H_
#define ENVEJ_TESTS_FAULTS_FAILING_CALLS_PLAN_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/certs/test_files.h"
#include "tests/support/broker_process.h"

namespace envej::faults {

// Makes one call to the system of a broker that runs fail, once, by failing_calls.cc.
class FailingCallsPlan {
 public:
  // What a broker is started with, so that its calls can be made to fail.
  support::BrokerSettings Settings(const std::string& more = "") const {
    const char* const folder = std::getenv("ENVEJ_BINARY_DIRECTORY");
    const std::string library =
        absl::StrCat(folder == nullptr ? "build/dev/bin" : folder, "/tests/libenvej_failing_calls.so");
    return {.more = more,
            .environment = {absl::StrCat("LD_PRELOAD=", library), absl::StrCat("ENVEJ_FAILING_CALLS=", plan_)}};
  }

  // From now on, as failing_calls.cc has it.
  void Arm(const std::string& call, const std::string& error, int count, const std::string& part) const {
    std::filesystem::remove(plan_ + ".failed");
    std::ofstream(plan_ + ".new") << call << " " << error << " " << count << " " << part << "\n";
    std::filesystem::rename(plan_ + ".new", plan_);
  }
  // Whether a call has failed, or hangs.
  bool HasFailed() const { return std::filesystem::exists(plan_ + ".failed"); }
  // The same; and lets what hangs go on.
  bool Disarm() const {
    std::filesystem::remove(plan_);
    return HasFailed();
  }
  // One byte for each write to such a file after it failed.
  std::string WrittenAfterwards() const { return certs::ReadFile(plan_ + ".failed"); }

 private:
  const certs::TestDirectory folder_;
  const std::string plan_ = folder_.Path("plan");
};

}  // namespace envej::faults

#endif  // ENVEJ_TESTS_FAULTS_FAILING_CALLS_PLAN_H_
