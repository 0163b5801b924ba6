#ifndef ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PROGRAM_FIXTURE_H_
#define ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PROGRAM_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/municipality-client/support/inbox_server.h"
#include "tests/municipality-client/support/processes.h"
#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {

// Programs that are run against an InboxServer: neither of their outputs may name a citizen of `notices.h`.
class ProgramTest : public testing::Test {
 protected:
  ~ProgramTest() override {
    for (const std::string& path : {output_, error_}) {
      EXPECT_THAT(ReadFile(path), testing::Not(testing::HasSubstr("Zebrafjord")));
      EXPECT_THAT(ReadFile(path), testing::Not(testing::HasSubstr("99887766")));
    }
  }

  int Run(const std::vector<std::string>& arguments, int seconds = 60) {
    return WaitForProcess(StartProcess(arguments, output_, error_), seconds);
  }

  TemporaryFolder files_;
  std::string folder_ = files_ / "received";
  const support::SealingWorld& world_ = InboxServer::World();
  const std::string output_ = files_ / "output";
  const std::string error_ = files_ / "error";
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PROGRAM_FIXTURE_H_
