#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
#include "tests/support/notice_messages.h"

// What a broker does whose disk changed the content of a notice while it was down.
namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::kCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> SubmitThree(const BrokerProcess& broker) {
  std::vector<std::string> ids;
  const auto intake = broker.Intake(support::kRegion);
  for (int number = 0; number < 3; ++number) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(kCode);
    ids.push_back(request.notice().envelope().notice_id());
    v1::SubmitNoticeResponse answer;
    EXPECT_TRUE(intake->SubmitNotice(CallContext().get(), request, &answer).ok());
  }
  return ids;
}

// Changes one digit of the citizen's phone number.
void DamageContent(const std::string& directory, const std::string& id) {
  store::RocksDbStoreOptions options;
  options.directory = directory;
  options.broker = "broker-1";
  absl::StatusOr<std::unique_ptr<store::RocksDbStore>> opened = store::RocksDbStore::Open(options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  store::OrderedStore& store = **opened;
  const store::NoticeKey notice{
      .municipality_code = kCode, .region_code = "1081", .id = *contract::NoticeId::Parse(id)};
  const absl::StatusOr<inbox::Record> record = inbox::DecodeRecord(*store::ValueOf(store, store::RecordKey(notice)));
  ASSERT_TRUE(record.ok());
  const std::string key = store::ContentKey(record->accepted_at, {.notice = notice, .revision = 1});
  std::string content = *store::ValueOf(store, key);
  const size_t phone = content.find(support::kMarkedPhone);
  ASSERT_NE(phone, std::string::npos);
  content[phone + 5] = content[phone + 5] == '1' ? '2' : '1';
  store::CommitOne(store, {.conditions = {}, .mutations = {store::Put(key, content)}, .events = {}},
                   store::Durability::kSynced, store.LastPersistedTime());
}

std::vector<nlohmann::json> EventsIn(const std::string& log, const std::string& event) {
  std::vector<nlohmann::json> events;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    nlohmann::json parsed = nlohmann::json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
    if (parsed.is_object() && parsed.value("event", "") == event) events.push_back(std::move(parsed));
  }
  return events;
}

TEST(DamagedContentTest, IsNotHandedOutBlocksNoOtherAndIsToldInTheLog) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  const std::vector<std::string> ids = SubmitThree(broker);
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
  EXPECT_THAT(pulled, ElementsAre(ids[0], ids[2]));

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

}  // namespace
}  // namespace envej::system
