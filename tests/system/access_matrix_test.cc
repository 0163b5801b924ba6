#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "broker/admission/access_policy.h"
#include "tests/support/broker_process.h"
#include "tests/support/every_call.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"
#include "tests/support/trust_changes.h"

namespace envej::system {
namespace {

using admission::AccessRule;
using admission::kAccessPolicy;
using contract::Reason;
using support::Answered;
using support::CallContext;
using support::Caller;
using support::EveryCall;
using support::ExpectRefused;
using support::kCode;
using support::KnownCall;
using support::kOtherCode;
using support::kRegion;
using support::NewNotice;
using support::SharedAuthority;

constexpr char kRegionCode[] = "1081";
constexpr char kRegionSerialNumber[] = "UI:DK-O:G:0f8fad5b-d9cb-469f-a165-70867728950e";
constexpr char kRegionOrganization[] = "NTRDK-11111111";
constexpr char kMunicipalitySerialNumber[] = "UI:DK-O:G:7c9e6679-7425-40de-944b-e07fc1f90ae7";
constexpr char kMunicipalityOrganization[] = "NTRDK-22222222";

// What the broker answers: it does what is asked; or it refuses the call, or the item that the call is about.
enum class Answer {
  kDone,
  kAside,      // what is asked, and nothing that touches the notice
  kKind,       // CALLER_KIND_NOT_ALLOWED
  kWho,        // CALLER_UNKNOWN
  kRevoked,    // CALLER_REVOKED
  kSuspended,  // PARTICIPANT_SUSPENDED
  kNoInbox,    // INBOX_NOT_FOUND
  kNoNotice,   // NOTICE_NOT_FOUND
  kNoOutcome,  // OUTCOME_NOT_REACHED
  kNoChannel,  // the handshake fails, so that no call is made
};

// What a caller is answered, call by call in the order of EveryCall. Each call is about region 1081's notice in the
// inbox of municipality 0101, which has leased it.
constexpr size_t kCallsOfOthers = 16;
constexpr size_t kCallsOfOperations = 10;  // after the others
constexpr size_t kCalls = kCallsOfOthers + kCallsOfOperations;
using Answers = std::array<Answer, kCalls>;

constexpr Answer kDone = Answer::kDone;
constexpr Answer kKind = Answer::kKind;
constexpr Answer kNoIn = Answer::kNoInbox;
constexpr Answer kNoNo = Answer::kNoNotice;
constexpr Answer kNoOut = Answer::kNoOutcome;
constexpr Answer kAside = Answer::kAside;
// clang-format off
//  Submit Submits Get     List  Munic.  Info   Pull Extend   Ack. Return  Check  Watch Revise Withdr Outcome Watch
constexpr std::array kOfRegion = {
    kDone, kDone, kDone, kDone, kDone, kDone, kKind, kKind, kKind, kKind, kDone, kDone, kDone, kDone, kNoOut, kDone};
constexpr std::array kOfOtherRegion = {
    kDone, kDone, kNoNo, kDone, kDone, kDone, kKind, kKind, kKind, kKind, kDone, kDone, kNoNo, kAside, kNoNo, kDone};
constexpr std::array kOfMunicipality = {
    kKind, kKind, kKind, kKind, kKind, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kKind, kKind, kKind, kKind};
constexpr std::array kOfOtherInbox = {
    kKind, kKind, kKind, kKind, kKind, kDone, kNoIn, kNoIn, kNoIn, kNoIn, kDone, kDone, kKind, kKind, kKind, kKind};
constexpr std::array kOfOperations = {
    kKind, kKind, kKind, kKind, kKind, kDone, kKind, kKind, kKind, kKind, kDone, kDone, kKind, kKind, kKind, kKind};
// clang-format on
Answers With(const std::array<Answer, kCallsOfOthers>& of_others, Answer of_operations) {
  Answers answers;
  answers.fill(of_operations);
  std::copy(of_others.begin(), of_others.end(), answers.begin());
  return answers;
}
const Answers kRegionMay = With(kOfRegion, kKind);
const Answers kOtherRegionMay = With(kOfOtherRegion, kKind);
const Answers kMunicipalityMay = With(kOfMunicipality, kKind);
const Answers kOtherInboxMay = With(kOfOtherInbox, kKind);
const Answers kOperationsMay = With(kOfOperations, kAside);

Answers Always(Answer answer) {
  Answers answers;
  answers.fill(answer);
  return answers;
}

struct Row {
  std::string caller;
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  Answers answers;
  std::string suspended = {};  // the code of a participant that is, while these calls are made
};

absl::string_view NameOf(absl::string_view path) { return path.substr(path.rfind('/') + 1); }

const KnownCall* FindCall(absl::string_view path) {
  const auto found =
      std::find_if(EveryCall().begin(), EveryCall().end(), [&](const KnownCall& call) { return call.path == path; });
  return found == EveryCall().end() ? nullptr : &*found;
}

certs::LeafRequest Named(const std::vector<std::string>& uris, const std::string& serial_number = "",
                         const std::string& organization = "") {
  certs::LeafRequest request = certs::ClientRequest("");
  request.uris = uris;
  request.subject_serial_number = serial_number;
  request.organization_identifier = organization;
  return request;
}

class AccessMatrixTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto subjects = [](const char* serial_number, const char* organization) {
      return absl::StrCat("certificates: [{subject_serial_number: \"", serial_number,
                          "\"}, {organization_identifier: \"", organization, "\"}]");
    };
    support::AddToParticipant(broker_, kRegionCode, subjects(kRegionSerialNumber, kRegionOrganization));
    support::AddToParticipant(broker_, kCode, subjects(kMunicipalitySerialNumber, kMunicipalityOrganization));
    ASSERT_TRUE(broker_.Start());
  }

  Caller With(const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
    return Caller(support::OpenChannel(broker_.address(), credentials));
  }
  Caller As(const std::string& uri) const { return With(support::CredentialsFor({uri})); }

  // The region's notices, each leased by its municipality.
  std::vector<v1::LeaseName> Leased(size_t count) {
    std::vector<v1::LeaseName> leases;
    As(support::kMunicipality).Pull(kCode);  // what others left
    for (size_t notice = 0; notice < count; ++notice) EXPECT_TRUE(As(kRegion).Submit(kCode).status.ok());
    As(support::kMunicipality).Pull(kCode, &leases);
    EXPECT_EQ(leases.size(), count);
    leases.resize(count);
    return leases;
  }
  v1::LeaseName Leased() { return Leased(1).front(); }

  static void Expect(const Answered& answered, Answer expected) {
    switch (expected) {
      case Answer::kDone:
      case Answer::kAside:
        EXPECT_TRUE(answered.status.ok()) << answered.status.error_message();
        EXPECT_FALSE(answered.has_rejected) << answered.rejected.message();
        return;
      case Answer::kKind:
        return ExpectRefused(answered.status, Reason::kCallerKindNotAllowed);
      case Answer::kWho:
        return ExpectRefused(answered.status, Reason::kCallerUnknown);
      case Answer::kRevoked:
        return ExpectRefused(answered.status, Reason::kCallerRevoked);
      case Answer::kSuspended:
        return ExpectRefused(answered.status, Reason::kParticipantSuspended);
      case Answer::kNoInbox:
        return ExpectRefused(answered.status, Reason::kInboxNotFound);
      case Answer::kNoNotice:
        return ExpectRefused(answered.status, Reason::kNoticeNotFound);
      case Answer::kNoOutcome:
        return ExpectRefused(answered.status, Reason::kOutcomeNotReached);
      case Answer::kNoChannel:
        EXPECT_EQ(answered.status.error_code(), grpc::StatusCode::UNAVAILABLE);
        EXPECT_EQ(support::ReasonOf(answered.status), Reason::kNone);
        return;
    }
  }

  // Each call over a connection, and about a notice, of its own.
  void ExpectRow(const Row& row) {
    ASSERT_EQ(EveryCall().size(), kCalls) << "each row needs an answer for each of EveryCall";
    const std::vector<v1::LeaseName> leases = Leased(kCalls);
    if (!row.suspended.empty()) changes_.Suspend(row.suspended);
    for (const AccessRule& rule : kAccessPolicy) {
      const KnownCall* const call = FindCall(rule.path);
      if (call == nullptr) continue;  // which another test finds
      const auto column = static_cast<size_t>(call - EveryCall().data());
      SCOPED_TRACE(absl::StrCat(row.caller, ", ", NameOf(rule.path)));
      Caller caller = With(row.credentials);
      Expect(call->make(caller, kCode, leases[column]), row.answers[column]);
    }
    if (!row.suspended.empty()) changes_.LetIn(row.suspended);
    Caller owner = As(support::kMunicipality);
    for (size_t column = 0; column < leases.size(); ++column) {
      if (row.answers[column] == kDone) continue;
      SCOPED_TRACE(absl::StrCat(row.caller, ", ", NameOf(EveryCall()[column].path), ": the lease is as before"));
      Expect(owner.Acknowledge(kCode, leases[column]), kDone);
    }
  }
  void ExpectRows(const std::vector<Row>& rows) {
    for (const Row& row : rows) ExpectRow(row);
  }

  // Nobody can tell them apart: code, message and the bytes of the details.
  static void ExpectSame(const Answered& left, const Answered& right) {
    EXPECT_EQ(left.status.error_code(), right.status.error_code());
    EXPECT_EQ(left.status.error_message(), right.status.error_message());
    EXPECT_EQ(left.status.error_details(), right.status.error_details());
    EXPECT_EQ(left.rejected.SerializeAsString(), right.rejected.SerializeAsString());
    EXPECT_TRUE(!left.status.ok() || left.has_rejected) << "neither was refused";
  }

  static std::shared_ptr<grpc::ChannelCredentials> Of(const certs::LeafRequest& request) {
    return support::CredentialsOf(SharedAuthority().Issue(request));
  }

  support::BrokerProcess broker_{{.revocation = true}};
  support::TrustChanges changes_{broker_};
};

TEST_F(AccessMatrixTest, EveryCallOfThePolicyIsMade) {
  for (const AccessRule& rule : kAccessPolicy) {
    EXPECT_NE(FindCall(rule.path), nullptr)
        << "nobody makes the call " << rule.path << ": say in tests/support/every_call.cc how, and here who may";
  }
  for (const KnownCall& call : EveryCall()) {
    EXPECT_TRUE(std::any_of(kAccessPolicy.begin(), kAccessPolicy.end(),
                            [&](const AccessRule& rule) { return rule.path == call.path; }))
        << call.path << " is no call of the policy";
  }
}

TEST_F(AccessMatrixTest, EachParticipantMayMakeExactlyItsCalls) {
  ExpectRows({
      {"the region", Of(Named({kRegion})), kRegionMay},
      {"a system of the region", Of(Named({"urn:envej:region:1081:psykiatri-nord"})), kRegionMay},
      {"the region by its serial number", Of(Named({}, kRegionSerialNumber)), kRegionMay},
      {"the region by its organization", Of(Named({}, "", kRegionOrganization)), kRegionMay},
      {"another region", Of(Named({support::kOtherRegion})), kOtherRegionMay},
      {"the municipality", Of(Named({support::kMunicipality})), kMunicipalityMay},
      {"the municipality by its serial number", Of(Named({}, kMunicipalitySerialNumber)), kMunicipalityMay},
      {"the municipality by its organization", Of(Named({}, "", kMunicipalityOrganization)), kMunicipalityMay},
      {"another municipality", Of(Named({support::kOtherMunicipality})), kOtherInboxMay},
      {"operations", Of(Named({support::kOperations})), kOperationsMay},
  });
}

TEST_F(AccessMatrixTest, NobodyElseMayMakeAnyCall) {
  const Answers who = Always(Answer::kWho);
  ExpectRows({
      {"an unregistered region", Of(Named({"urn:envej:region:1099"})), who},
      {"an unregistered municipality", Of(Named({"urn:envej:municipality:0999"})), who},
      {"unregistered operations", Of(Named({"urn:envej:operations:stranger"})), who},
      {"an unregistered serial number", Of(Named({}, "UI:DK-O:G:stranger")), who},
      {"an unregistered organization", Of(Named({}, "", "NTRDK-33333333")), who},
      {"a certificate without a name", Of(Named({})), who},
      {"region and municipality in one", Of(Named({kRegion, support::kMunicipality})), who},
      {"region by name, municipality by subject", Of(Named({kRegion}, kMunicipalitySerialNumber)), who},
      {"region by serial number, municipality by organization",
       Of(Named({}, kRegionSerialNumber, kMunicipalityOrganization)), who},
      {"the region and another name", Of(Named({kRegion, "https://example.dk/"})), who},
      {"a broker", Of(Named({"urn:envej:broker:broker-1"})), who},
  });
}

TEST_F(AccessMatrixTest, ASuspendedParticipantMayMakeNoCallByAnyOfItsNames) {
  const Answers suspended = Always(Answer::kSuspended);
  ExpectRows({
      {"a suspended region", Of(Named({kRegion})), suspended, kRegionCode},
      {"a system of a suspended region", Of(Named({"urn:envej:region:1081:psykiatri-nord"})), suspended, kRegionCode},
      {"a suspended region by its serial number", Of(Named({}, kRegionSerialNumber)), suspended, kRegionCode},
      {"a suspended municipality", Of(Named({support::kMunicipality})), suspended, kCode},
      {"a suspended municipality by its organization", Of(Named({}, "", kMunicipalityOrganization)), suspended, kCode},
      {"a region beside a suspended one", Of(Named({support::kOtherRegion})), kOtherRegionMay, kRegionCode},
      {"a municipality beside a suspended one", Of(Named({support::kOtherMunicipality})), kOtherInboxMay, kCode},
      {"a region that was suspended", Of(Named({kRegion})), kRegionMay},
      {"a municipality that was suspended", Of(Named({support::kMunicipality})), kMunicipalityMay},
  });
}

TEST_F(AccessMatrixTest, WithARevokedCertificateNoCallIsMadeAndWithAnotherOneAll) {
  std::vector<Row> rows;
  std::vector<certs::Certificate> certificates;
  const auto revoke = [&](const std::string& caller, const certs::LeafRequest& request) {
    const certs::IssuedCertificate issued = SharedAuthority().Issue(request);
    certificates.push_back(support::CertificateOf(issued));
    rows.push_back({caller, support::CredentialsOf(issued), Always(Answer::kRevoked)});
  };
  revoke("a revoked certificate of the region", Named({kRegion}));
  revoke("a revoked certificate of the region's serial number", Named({}, kRegionSerialNumber));
  revoke("a revoked certificate of the municipality", Named({support::kMunicipality}));
  revoke("a revoked certificate of operations", Named({support::kOperations}));
  changes_.Revoke(certificates);
  rows.push_back({"the region with another certificate", Of(Named({kRegion})), kRegionMay});
  rows.push_back({"the municipality with another certificate", Of(Named({support::kMunicipality})), kMunicipalityMay});
  rows.push_back({"operations with another certificate", Of(Named({support::kOperations})), kOperationsMay});
  ExpectRows(rows);
}

TEST_F(AccessMatrixTest, AnImproperCertificateGetsNoConnectionForAnyCall) {
  const Answers none = Always(Answer::kNoChannel);
  certs::LeafRequest expired = Named({kRegion});
  expired.not_after = absl::Now() - absl::Minutes(1);
  certs::LeafRequest not_yet_valid = Named({kRegion});
  not_yet_valid.not_before = absl::Now() + absl::Minutes(10);
  certs::LeafRequest of_a_server = Named({kRegion});
  of_a_server.usage = certs::LeafUsage::kServer;
  certs::LeafRequest of_an_inbox = Named({support::kMunicipality});
  of_an_inbox.usage = certs::LeafUsage::kInbox;
  const certs::TestAuthority same_name;
  const certs::TestAuthority other("another authority");
  ExpectRows({
      {"no certificate", support::CredentialsFor({}), none},
      {"an expired certificate", Of(expired), none},
      {"a certificate that is not yet valid", Of(not_yet_valid), none},
      {"a server's certificate", Of(of_a_server), none},
      {"an inbox certificate", Of(of_an_inbox), none},
      {"a certificate of another authority", support::CredentialsOf(other.Issue(Named({kRegion}))), none},
      {"a forged certificate", support::CredentialsOf(same_name.Issue(Named({kRegion}))), none},
  });
}

TEST_F(AccessMatrixTest, AnotherRegionsNoticeIsAsOneThatDoesNotExist) {
  const v1::LeaseName lease = Leased();
  Caller other = As(support::kOtherRegion);
  const Answered absent = other.Get(kCode, support::NewNoticeId());
  ExpectRefused(absent.status, Reason::kNoticeNotFound);
  ExpectSame(other.Get(kCode, lease.notice_id()), absent);
  ExpectSame(other.Get("9999", lease.notice_id()), absent);
  std::vector<std::string> listed;
  EXPECT_TRUE(other.List(kCode, &listed).status.ok());
  EXPECT_THAT(listed, testing::IsEmpty());
  Caller owner = As(kRegion);
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
  As(support::kMunicipality).Pull(kCode, &leases);
  EXPECT_EQ(leases.size(), 2u);
}

TEST_F(AccessMatrixTest, AnotherMunicipalitysInboxIsAsOneThatDoesNotExist) {
  const v1::LeaseName lease = Leased();
  Caller other = As(support::kOtherMunicipality);
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
  Caller other = As(support::kOtherMunicipality);
  ExpectRefused(other.Extend(kOtherCode, absent).rejected, Reason::kNoticeNotFound);
  ExpectSame(other.Extend(kOtherCode, lease), other.Extend(kOtherCode, absent));
  ExpectSame(other.Acknowledge(kOtherCode, lease), other.Acknowledge(kOtherCode, absent));
  ExpectSame(other.Return(kOtherCode, lease), other.Return(kOtherCode, absent));
}

// A municipality that is told apart only by what it says of itself would be let in by the first of these.
TEST_F(AccessMatrixTest, WhatARequestSaysNeverDecidesWhoAsks) {
  EXPECT_TRUE(As(support::kMunicipality).Pull(kCode).status.ok());
  EXPECT_TRUE(As(support::kOtherMunicipality).Pull(kOtherCode).status.ok());
  ExpectRefused(As(support::kMunicipality).Pull(kOtherCode).status, Reason::kInboxNotFound);
  ExpectRefused(As(support::kMunicipality).Pull("").status, Reason::kInboxNotFound);
}

}  // namespace
}  // namespace envej::system
