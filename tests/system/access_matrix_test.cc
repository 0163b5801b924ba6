#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "absl/strings/str_cat.h"
#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;
using support::kOtherCode;
using support::kRegion;
using support::NewNotice;

// What the broker answers: it does what is asked; or it refuses the call, or the item that the call is about.
enum class Answer {
  kDone,
  kKind,       // CALLER_KIND_NOT_ALLOWED
  kWho,        // CALLER_UNKNOWN
  kNoInbox,    // INBOX_NOT_FOUND
  kNoNotice,   // NOTICE_NOT_FOUND
  kNoChannel,  // the handshake fails, so that no call is made
};

constexpr size_t kMethods = 10;
constexpr std::array<const char*, kMethods> kMethodNames = {
    "SubmitNotice",   "SubmitNotices", "GetNotice",    "ListNotices",        "ListMunicipalities",
    "GetServiceInfo", "PullNotices",   "ExtendLeases", "AcknowledgeNotices", "ReturnNotices"};

struct Row {
  const char* caller;
  std::vector<std::string> uris;
  std::array<Answer, kMethods> answers;
};

// Each call is about region 1081's notice in the inbox of municipality 0101, which has leased it.
const std::vector<Row>& Matrix() {
  constexpr Answer kDone = Answer::kDone;
  constexpr Answer kKind = Answer::kKind;
  constexpr Answer kWho = Answer::kWho;
  constexpr Answer kNoIn = Answer::kNoInbox;
  constexpr Answer kNoNo = Answer::kNoNotice;
  constexpr Answer kNoCh = Answer::kNoChannel;
  // clang-format off
  static const auto* const rows = new std::vector<Row>{
      //                               Submit Submits   Get   List  Munic.  Info   Pull Extend   Ack. Return
      {"the region", {kRegion},
       {kDone, kDone, kDone, kDone, kDone, kDone, kKind, kKind, kKind, kKind}},
      {"a system of the region", {"urn:envej:region:1081:psykiatri-nord"},
       {kDone, kDone, kDone, kDone, kDone, kDone, kKind, kKind, kKind, kKind}},
      {"another region", {support::kOtherRegion},
       {kDone, kDone, kNoNo, kDone, kDone, kDone, kKind, kKind, kKind, kKind}},
      {"the municipality", {support::kMunicipality},
       {kKind, kKind, kKind, kKind, kKind, kDone, kDone, kDone, kDone, kDone}},
      {"another municipality", {support::kOtherMunicipality},
       {kKind, kKind, kKind, kKind, kKind, kDone, kNoIn, kNoIn, kNoIn, kNoIn}},
      {"operations", {support::kOperations},
       {kKind, kKind, kKind, kKind, kKind, kDone, kKind, kKind, kKind, kKind}},
      {"an unregistered region", {"urn:envej:region:1099"},
       {kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho}},
      {"an unregistered municipality", {"urn:envej:municipality:0999"},
       {kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho}},
      {"unregistered operations", {"urn:envej:operations:stranger"},
       {kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho}},
      {"region and municipality in one", {kRegion, support::kMunicipality},
       {kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho}},
      {"the region and another name", {kRegion, "https://example.dk/"},
       {kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho}},
      {"a broker", {"urn:envej:broker:broker-1"},
       {kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho, kWho}},
      {"no certificate", {},
       {kNoCh, kNoCh, kNoCh, kNoCh, kNoCh, kNoCh, kNoCh, kNoCh, kNoCh, kNoCh}},
  };
  // clang-format on
  return *rows;
}

// What one call answered: its status, and the rejection of its only item if it has one.
struct Answered {
  grpc::Status status;
  v1::Rejection rejected = {};
  bool has_rejected = false;
};

template <typename Response>
Answered OfOneItem(const grpc::Status& status, const Response& response) {
  Answered answered{.status = status, .rejected = {}, .has_rejected = false};
  if (!status.ok()) return answered;
  EXPECT_EQ(response.results_size(), 1);
  answered.has_rejected = response.results(0).has_rejected();
  answered.rejected = response.results(0).rejected();
  return answered;
}

// One caller's calls.
class Caller {
 public:
  Caller(const std::string& address, const std::vector<std::string>& uris)
      : channel_(support::OpenChannel(address, support::CredentialsFor(uris))),
        intake_(v1::IntakeService::NewStub(channel_)),
        inbox_(v1::InboxService::NewStub(channel_)) {}

  Answered Submit(const std::string& code) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = NewNotice(code);
    v1::SubmitNoticeResponse response;
    return {.status = intake_->SubmitNotice(CallContext().get(), request, &response)};
  }

  Answered SubmitBatch(const std::string& code) {
    v1::SubmitNoticesRequest request;
    *request.add_notices() = NewNotice(code);
    v1::SubmitNoticesResponse response;
    return OfOneItem(intake_->SubmitNotices(CallContext().get(), request, &response), response);
  }

  Answered Get(const std::string& code, const std::string& id) {
    v1::GetNoticeRequest request;
    request.set_municipality_code(code);
    request.set_notice_id(id);
    v1::GetNoticeResponse response;
    const grpc::Status status = intake_->GetNotice(CallContext().get(), request, &response);
    if (status.ok()) {
      EXPECT_EQ(response.status().notice_id(), id);
    }
    return {.status = status};
  }

  Answered List(const std::string& code, std::vector<std::string>* ids = nullptr) {
    v1::ListNoticesRequest request;
    request.set_municipality_code(code);
    request.set_page_size(500);
    v1::ListNoticesResponse response;
    const grpc::Status status = intake_->ListNotices(CallContext().get(), request, &response);
    if (ids != nullptr) {
      for (const v1::NoticeStatus& notice : response.notices()) ids->push_back(notice.notice_id());
    }
    return {.status = status};
  }

  Answered Municipalities() {
    v1::ListMunicipalitiesResponse response;
    const grpc::Status status = intake_->ListMunicipalities(CallContext().get(), {}, &response);
    if (status.ok()) {
      EXPECT_EQ(response.municipalities_size(), 4);
    }
    return {.status = status};
  }

  Answered Info() {
    v1::GetServiceInfoResponse response;
    const grpc::Status status = intake_->GetServiceInfo(CallContext().get(), {}, &response);
    if (status.ok()) {
      EXPECT_EQ(response.broker(), "broker-1");
    }
    return {.status = status};
  }

  Answered Pull(const std::string& code, std::vector<v1::LeaseName>* leases = nullptr) {
    v1::PullNoticesRequest request;
    request.set_municipality_code(code);
    request.set_max_notices(500);
    request.mutable_lease_duration()->set_seconds(600);
    v1::PullNoticesResponse response;
    const grpc::Status status = inbox_->PullNotices(CallContext().get(), request, &response);
    if (leases != nullptr) {
      for (const v1::InboxItem& item : response.items()) leases->push_back(item.lease().name());
    }
    return {.status = status};
  }

  Answered Extend(const std::string& code, const v1::LeaseName& lease) {
    v1::ExtendLeasesRequest request;
    request.set_municipality_code(code);
    *request.add_leases() = lease;
    v1::ExtendLeasesResponse response;
    return OfOneItem(inbox_->ExtendLeases(CallContext().get(), request, &response), response);
  }

  Answered Acknowledge(const std::string& code, const v1::LeaseName& lease) {
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(code);
    *request.add_leases() = lease;
    v1::AcknowledgeNoticesResponse response;
    return OfOneItem(inbox_->AcknowledgeNotices(CallContext().get(), request, &response), response);
  }

  Answered Return(const std::string& code, const v1::LeaseName& lease) {
    v1::ReturnNoticesRequest request;
    request.set_municipality_code(code);
    *request.add_returns()->mutable_lease() = lease;
    request.mutable_returns(0)->set_reason(v1::RETURN_REASON_NOT_RESIDENT);
    v1::ReturnNoticesResponse response;
    return OfOneItem(inbox_->ReturnNotices(CallContext().get(), request, &response), response);
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::IntakeService::Stub> intake_;
  const std::unique_ptr<v1::InboxService::Stub> inbox_;
};

class AccessMatrixTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  Caller As(const std::vector<std::string>& uris) { return Caller(broker_.address(), uris); }

  // The region's notice, leased by its municipality.
  v1::LeaseName Leased() {
    EXPECT_TRUE(As({kRegion}).Submit(kCode).status.ok());
    std::vector<v1::LeaseName> leases;
    As({support::kMunicipality}).Pull(kCode, &leases);
    EXPECT_FALSE(leases.empty());
    return leases.empty() ? v1::LeaseName() : leases.back();
  }

  static void Expect(const Answered& answered, Answer expected) {
    switch (expected) {
      case Answer::kDone:
        EXPECT_TRUE(answered.status.ok()) << answered.status.error_message();
        EXPECT_FALSE(answered.has_rejected) << answered.rejected.message();
        return;
      case Answer::kKind:
        return ExpectRefused(answered.status, Reason::kCallerKindNotAllowed);
      case Answer::kWho:
        return ExpectRefused(answered.status, Reason::kCallerUnknown);
      case Answer::kNoInbox:
        return ExpectRefused(answered.status, Reason::kInboxNotFound);
      case Answer::kNoNotice:
        return ExpectRefused(answered.status, Reason::kNoticeNotFound);
      case Answer::kNoChannel:
        EXPECT_EQ(answered.status.error_code(), grpc::StatusCode::UNAVAILABLE);
        EXPECT_EQ(support::ReasonOf(answered.status), Reason::kNone);
        return;
    }
  }

  // Nobody can tell them apart: code, message and the bytes of the details.
  static void ExpectSame(const Answered& left, const Answered& right) {
    EXPECT_EQ(left.status.error_code(), right.status.error_code());
    EXPECT_EQ(left.status.error_message(), right.status.error_message());
    EXPECT_EQ(left.status.error_details(), right.status.error_details());
    EXPECT_EQ(left.rejected.SerializeAsString(), right.rejected.SerializeAsString());
    EXPECT_TRUE(!left.status.ok() || left.has_rejected) << "neither was refused";
  }

  support::BrokerProcess broker_;
};

TEST_F(AccessMatrixTest, EachCallerMayMakeExactlyItsCalls) {
  for (const Row& row : Matrix()) {
    Caller caller = As(row.uris);
    const v1::LeaseName lease = Leased();
    const v1::LeaseName other_lease = Leased();
    const std::array<std::function<Answered()>, kMethods> calls = {
        [&] { return caller.Submit(kCode); },
        [&] { return caller.SubmitBatch(kCode); },
        [&] { return caller.Get(kCode, lease.notice_id()); },
        [&] { return caller.List(kCode); },
        [&] { return caller.Municipalities(); },
        [&] { return caller.Info(); },
        [&] { return caller.Pull(kCode); },
        [&] { return caller.Extend(kCode, lease); },
        [&] { return caller.Acknowledge(kCode, lease); },
        [&] { return caller.Return(kCode, other_lease); },
    };
    for (size_t method = 0; method < kMethods; ++method) {
      SCOPED_TRACE(absl::StrCat(row.caller, " calls ", kMethodNames[method]));
      Expect(calls[method](), row.answers[method]);
    }
    // What was refused has changed nothing: the municipality still holds its lease.
    const bool is_owner = row.uris == std::vector<std::string>{support::kMunicipality};
    if (!is_owner) Expect(As({support::kMunicipality}).Acknowledge(kCode, lease), Answer::kDone);
  }
}

TEST_F(AccessMatrixTest, AnotherRegionsNoticeIsAsOneThatDoesNotExist) {
  const v1::LeaseName lease = Leased();
  Caller other = As({support::kOtherRegion});
  const Answered absent = other.Get(kCode, support::NewNoticeId());
  ExpectRefused(absent.status, Reason::kNoticeNotFound);
  ExpectSame(other.Get(kCode, lease.notice_id()), absent);
  ExpectSame(other.Get("9999", lease.notice_id()), absent);
  std::vector<std::string> listed;
  EXPECT_TRUE(other.List(kCode, &listed).status.ok());
  EXPECT_THAT(listed, testing::IsEmpty());
  Caller owner = As({kRegion});
  EXPECT_TRUE(owner.Get(kCode, lease.notice_id()).status.ok());
  EXPECT_TRUE(owner.List(kCode, &listed).status.ok());
  EXPECT_THAT(listed, testing::ElementsAre(lease.notice_id()));
}

TEST_F(AccessMatrixTest, TwoRegionsMayUseTheSameIdWithoutMeeting) {
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = NewNotice(kCode);
  v1::SubmitNoticeResponse first;
  EXPECT_TRUE(broker_.Intake(kRegion)->SubmitNotice(CallContext().get(), request, &first).ok());
  request.mutable_notice()->mutable_citizen()->set_name("En Anden");
  v1::SubmitNoticeResponse second;
  EXPECT_TRUE(broker_.Intake(support::kOtherRegion)->SubmitNotice(CallContext().get(), request, &second).ok());
  EXPECT_FALSE(second.repeated_submission());
  std::vector<v1::LeaseName> leases;
  As({support::kMunicipality}).Pull(kCode, &leases);
  EXPECT_EQ(leases.size(), 2u);
}

TEST_F(AccessMatrixTest, AnotherMunicipalitysInboxIsAsOneThatDoesNotExist) {
  const v1::LeaseName lease = Leased();
  Caller other = As({support::kOtherMunicipality});
  const char* const absent = "9999";
  ExpectRefused(other.Pull(absent).status, Reason::kInboxNotFound);
  ExpectSame(other.Pull(kCode), other.Pull(absent));
  ExpectSame(other.Extend(kCode, lease), other.Extend(absent, lease));
  ExpectSame(other.Acknowledge(kCode, lease), other.Acknowledge(absent, lease));
  ExpectSame(other.Return(kCode, lease), other.Return(absent, lease));
}

TEST_F(AccessMatrixTest, AnotherMunicipalitysLeaseIsAsOneThatDoesNotExist) {
  const v1::LeaseName lease = Leased();
  v1::LeaseName absent = lease;
  absent.set_notice_id(support::NewNoticeId());
  Caller other = As({support::kOtherMunicipality});
  ExpectRefused(other.Extend(kOtherCode, absent).rejected, Reason::kNoticeNotFound);
  ExpectSame(other.Extend(kOtherCode, lease), other.Extend(kOtherCode, absent));
  ExpectSame(other.Acknowledge(kOtherCode, lease), other.Acknowledge(kOtherCode, absent));
  ExpectSame(other.Return(kOtherCode, lease), other.Return(kOtherCode, absent));
}

// A municipality that is told apart only by what it says of itself would be let in by the first of these.
TEST_F(AccessMatrixTest, WhatARequestSaysNeverDecidesWhoAsks) {
  EXPECT_TRUE(As({support::kMunicipality}).Pull(kCode).status.ok());
  EXPECT_TRUE(As({support::kOtherMunicipality}).Pull(kOtherCode).status.ok());
  ExpectRefused(As({support::kMunicipality}).Pull(kOtherCode).status, Reason::kInboxNotFound);
  ExpectRefused(As({support::kMunicipality}).Pull("").status, Reason::kInboxNotFound);
}

}  // namespace
}  // namespace envej::system
