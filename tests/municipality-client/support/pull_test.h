#ifndef ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PULL_TEST_H_
#define ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PULL_TEST_H_

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "municipality-client/notice_folder.h"
#include "municipality-client/pull_command.h"
#include "tests/municipality-client/support/inbox_server.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {

// The whole client, but for its command line, against an inbox.
class PullTest : public testing::Test {
 protected:
  PullTest() {
    options_.folder = files_ / "received";
    options_.municipality_code = kMunicipality;
    options_.output = "json";
    options_.deadline = "20s";
    const support::SealingWorld& world = InboxServer::World();
    options_.opening = {.inbox_certificates = {world.inbox_certificate_file()},
                        .inbox_keys = {world.inbox_key_file()},
                        .authorities = world.authorities_file(),
                        .revocation_lists = {}};
  }

  // Whatever happens, nothing that is told holds content.
  ~PullTest() override {
    EXPECT_THAT(events_ + messages_, testing::Not(testing::HasSubstr("Zebrafjord")));
    EXPECT_THAT(events_ + messages_, testing::Not(testing::HasSubstr("99887766")));
    EXPECT_THAT(events_ + messages_, testing::Not(testing::HasSubstr(RevisedNumber(2))));
  }

  void AddNotices(int count) {
    for (int i = 1; i <= count; ++i) server_.Add(ProperNotice(i));
  }

  int Pull(std::stop_token stop = {}) { return Pull(server_, stop); }

  int Pull(const InboxServer& server, std::stop_token stop = {}) {
    std::FILE* const events = std::tmpfile();
    std::FILE* const messages = std::tmpfile();
    const int code = RunPull(options_, grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()), stop,
                             events, messages);
    events_ = TakeText(events);
    messages_ = TakeText(messages);
    return code;
  }

  static std::string TakeText(std::FILE* stream) {
    std::rewind(stream);
    std::string text;
    char block[4096];
    for (size_t got = 0; (got = std::fread(block, 1, sizeof(block), stream)) > 0;) text.append(block, got);
    std::fclose(stream);
    return text;
  }

  std::vector<nlohmann::json> EventsNamed(const std::string& name) const {
    std::vector<nlohmann::json> found;
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(events_, '\n', absl::SkipEmpty()))) {
      nlohmann::json event = nlohmann::json::parse(line);
      if (event["event"] == name) found.push_back(std::move(event));
    }
    return found;
  }

  std::vector<std::string> Received() const { return NamesIn(options_.folder, "notice-"); }
  std::string FileOf(int number, uint32_t revision = 1, EntryKind kind = EntryKind::kNotice) const {
    return options_.folder + "/" + FileNameOf(NameOf(number, revision), kind);
  }
  static ItemName NameOf(int number, uint32_t revision) {
    return {.region_code = kRegion, .notice_id = NoticeIdOf(number), .revision = revision};
  }

  TemporaryFolder files_;
  InboxServer server_;
  PullOptions options_;
  std::string events_;
  std::string messages_;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PULL_TEST_H_
