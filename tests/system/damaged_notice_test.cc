#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "broker/inbox/record.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/store/commit_helpers.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

// What a broker does whose disk changed what is stored of a notice while it was down.
namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::kCode;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

v1::SubmitNoticesRequest ThreeNotices() {
  v1::SubmitNoticesRequest request;
  for (int number = 0; number < 3; ++number) *request.add_notices() = support::NewNotice(kCode);
  return request;
}

std::vector<std::string> Submit(const BrokerProcess& broker, const v1::SubmitNoticesRequest& request) {
  v1::SubmitNoticesResponse answer;
  EXPECT_TRUE(broker.Intake(support::kRegion)->SubmitNotices(CallContext().get(), request, &answer).ok());
  std::vector<std::string> ids;
  for (const v1::SubmitNoticeResult& result : answer.results()) {
    EXPECT_TRUE(result.has_accepted());
    ids.push_back(result.notice_id());
  }
  return ids;
}

// Changes what is stored under a key, while the broker is down.
void Change(const std::string& directory, const std::string& key, const std::function<void(std::string&)>& change) {
  store::RocksDbStoreOptions options;
  options.directory = directory;
  options.broker = "broker-1";
  absl::StatusOr<std::unique_ptr<store::RocksDbStore>> opened = store::RocksDbStore::Open(options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  std::string value = *store::ValueOf(**opened, key);
  change(value);
  store::CommitOne(**opened, {.conditions = {}, .mutations = {store::Put(key, value)}, .events = {}},
                   store::Durability::kSynced, (*opened)->LastPersistedTime());
}

store::NoticeKey KeyOf(const std::string& id) {
  return {.municipality_code = kCode, .region_code = "1081", .id = *contract::NoticeId::Parse(id)};
}

void DamageRecord(const std::string& directory, const std::string& id) {
  Change(directory, store::RecordKey(KeyOf(id)),
         [](std::string& record) { record.back() = static_cast<char>(record.back() ^ 1); });
}

// Changes one bit of what was sealed.
void DamageContent(const std::string& directory, const std::string& id) {
  std::string content_key;
  Change(directory, store::RecordKey(KeyOf(id)), [&](const std::string& record) {
    content_key = store::ContentKey(inbox::DecodeRecord(record)->entered_at, {.notice = KeyOf(id), .revision = 1});
  });
  Change(directory, content_key, [](std::string& content) {
    const size_t middle = content.size() / 2;
    content[middle] = static_cast<char>(content[middle] ^ 1);
  });
}

std::vector<nlohmann::json> EventsIn(const std::string& log, const std::string& event) {
  std::vector<nlohmann::json> events;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    nlohmann::json parsed = nlohmann::json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
    if (parsed.is_object() && parsed.value("event", "") == event) events.push_back(std::move(parsed));
  }
  return events;
}

TEST(DamagedNoticeTest, DamagedContentIsNotHandedOutBlocksNoOtherAndIsToldInTheLog) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  const std::vector<std::string> ids = Submit(broker, ThreeNotices());
  ASSERT_EQ(broker.Stop().code, support::kDone);
  ASSERT_NO_FATAL_FAILURE(DamageContent(broker.data(), ids[1]));
  ASSERT_TRUE(broker.Start());

  v1::PullNoticesRequest request;
  request.set_municipality_code(kCode);
  v1::PullNoticesResponse answer;
  const grpc::Status status = broker.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), request, &answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::vector<std::string> pulled;
  for (const v1::InboxItem& item : answer.items()) pulled.push_back(item.notice().envelope().notice_id());
  EXPECT_THAT(pulled, UnorderedElementsAre(ids[0], ids[2]));

  v1::GetNoticeRequest asked;
  asked.set_municipality_code(kCode);
  asked.set_notice_id(ids[1]);
  v1::GetNoticeResponse found;
  ASSERT_TRUE(broker.Intake(support::kRegion)->GetNotice(CallContext().get(), asked, &found).ok());
  EXPECT_EQ(found.status().state(), v1::NOTICE_STATE_WAITING);

  const std::string log = broker.Stop().err;
  const std::vector<nlohmann::json> told = EventsIn(log, "notice_unreadable");
  ASSERT_EQ(told.size(), 1u) << log;
  EXPECT_EQ(told[0]["level"], "error");
  EXPECT_EQ(told[0]["municipality"], kCode);
  EXPECT_EQ(told[0]["region"], "1081");
  EXPECT_EQ(told[0]["notice_id"], ids[1]);
  EXPECT_EQ(told[0]["error"], "a stored value does not match its checksum");
  EXPECT_THAT(log, Not(HasSubstr(support::kMarkedName)));
}

TEST(DamagedNoticeTest, DamagedRecordIsRefusedByNameAndSpoilsNoNeighbour) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  v1::SubmitNoticesRequest request = ThreeNotices();
  const std::vector<std::string> ids = Submit(broker, request);
  ASSERT_EQ(ids.size(), 3u);
  ASSERT_EQ(broker.Stop().code, support::kDone);
  ASSERT_NO_FATAL_FAILURE(DamageRecord(broker.data(), ids[1]));
  ASSERT_TRUE(broker.Start());

  *request.add_notices() = support::NewNotice(kCode);
  v1::SubmitNoticesResponse answer;
  const auto intake = broker.Intake(support::kRegion);
  ASSERT_TRUE(intake->SubmitNotices(CallContext().get(), request, &answer).ok());
  ASSERT_EQ(answer.results_size(), 4);
  EXPECT_TRUE(answer.results(0).accepted().repeated_submission());
  support::ExpectRefused(answer.results(1).rejected(), contract::Reason::kNoticeUnreadable);
  EXPECT_TRUE(answer.results(2).accepted().repeated_submission());
  EXPECT_FALSE(answer.results(3).accepted().repeated_submission());

  v1::SubmitNoticeRequest alone;
  *alone.mutable_notice() = request.notices(1);
  v1::SubmitNoticeResponse accepted;
  support::ExpectRefused(intake->SubmitNotice(CallContext().get(), alone, &accepted),
                         contract::Reason::kNoticeUnreadable);

  v1::ListNoticesRequest list;
  list.set_municipality_code(kCode);
  list.add_states(v1::NOTICE_STATE_ACKNOWLEDGED);
  v1::ListNoticesResponse listed;
  ASSERT_TRUE(intake->ListNotices(CallContext().get(), list, &listed).ok());
  ASSERT_EQ(listed.notices_size(), 1);
  EXPECT_EQ(listed.notices(0).notice_id(), ids[1]);
  EXPECT_EQ(listed.notices(0).state(), v1::NOTICE_STATE_UNREADABLE);

  const std::vector<nlohmann::json> told = EventsIn(broker.Stop().err, "notice_unreadable");
  ASSERT_EQ(told.size(), 3u);
  for (const nlohmann::json& event : told) EXPECT_EQ(event["notice_id"], ids[1]);
}

}  // namespace
}  // namespace envej::system
