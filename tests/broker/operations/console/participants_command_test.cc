#include "broker/operations/console/participants_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/broker/operations/console/support/program_run.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr absl::Duration kDay = absl::Hours(24);

class ParticipantsTest : public testing::Test {
 protected:
  v1::Participant& Add(const std::string& uri, const std::string& name) {
    v1::Participant& participant = *server_.participants.add_participants();
    participant.set_participant(uri);
    participant.set_name(name);
    return participant;
  }

  static void AddCertificate(v1::Participant& participant, const std::string& origin, absl::Duration seen_ago,
                             absl::Duration expires_in) {
    v1::SeenCertificate& certificate = *participant.add_certificates();
    certificate.set_origin(origin);
    *certificate.mutable_last_seen_at() = Before(seen_ago);
    *certificate.mutable_expires_at() = Before(-expires_in - absl::Seconds(30));
  }

  std::string Out() { return RunWith(server_, {"participants"}).out; }

  OperationsServer server_;
};

TEST_F(ParticipantsTest, ShowsStandingCertificatesAndWhomToPhone) {
  v1::Participant& region = Add("urn:envej:region:1081", "Region Nordjylland");
  region.mutable_on_call()->set_name("Vagten");
  region.mutable_on_call()->set_phone_number("+4520000000");
  AddCertificate(region, "", absl::Minutes(5), 400 * kDay);
  v1::Participant& municipality = Add("urn:envej:municipality:0492", "Ærø");
  municipality.set_suspended(true);
  *municipality.add_inbox_certificates_expire_at() = Before(-90 * kDay - absl::Seconds(30));
  EXPECT_THAT(Out(),
              AllOf(HasSubstr("urn:envej:region:1081        Region Nordjylland  good"), HasSubstr("(5 min ago)"),
                    HasSubstr("(in 400 d)"), HasSubstr("+4520000000 Vagten"),
                    HasSubstr("urn:envej:municipality:0492  Ærø                 suspended"), HasSubstr("(in 90 d)")));
  const nlohmann::json json = nlohmann::json::parse(RunWith(server_, {"participants", "--output", "json"}).out);
  EXPECT_EQ(json["participants"][1]["suspended"], true);
  EXPECT_EQ(json["participants"][0]["suspendedInRegister"], false);
}

TEST_F(ParticipantsTest, SaysThatACertificateExpiresSoonOrHasExpired) {
  AddCertificate(Add("urn:envej:region:1081", "a"), "", absl::Minutes(5), 29 * kDay);
  EXPECT_THAT(Out(), HasSubstr("certificate expires soon"));
  *server_.participants.mutable_participants(0)->add_inbox_certificates_expire_at() = Before(kDay);
  EXPECT_THAT(Out(), HasSubstr("certificate expires soon, inbox certificate has expired"));
}

TEST_F(ParticipantsTest, SaysOfWhomNoCertificateIsKnown) {
  AddCertificate(Add("urn:envej:region:1081", "a"), "", absl::Minutes(5), 400 * kDay);
  EXPECT_THAT(Out(), Not(HasSubstr("not known")));
  Add("urn:envej:municipality:0101", "b");
  EXPECT_THAT(Out(), HasSubstr("not known"));
}

TEST_F(ParticipantsTest, ShowsByWhichNamesEventsTellOfIt) {
  v1::Participant& operations = Add("urn:envej:operations:drift", "a");
  AddCertificate(operations, "", absl::Minutes(5), 400 * kDay);
  AddCertificate(operations, "", absl::Hours(5), 300 * kDay);
  operations.mutable_certificates(0)->set_fingerprint("1a2b3c4d");
  operations.mutable_certificates(1)->set_fingerprint("5e6f7a8b");
  EXPECT_THAT(Out(), HasSubstr("  1a2b3c4d 5e6f7a8b\n"));
}

TEST_F(ParticipantsTest, LooksPastCertificatesThatWereRenewedButNotPastOtherSystems) {
  v1::Participant& region = Add("urn:envej:region:1081", "a");
  AddCertificate(region, "ward-a", absl::Hours(50), 3 * kDay);  // renewed since
  AddCertificate(region, "ward-a", absl::Hours(1), 300 * kDay);
  AddCertificate(region, "ward-b", absl::Hours(2), 200 * kDay);
  EXPECT_THAT(Out(), AllOf(HasSubstr("  good  "), HasSubstr("(1 h ago)"), HasSubstr("(in 200 d)")));
}

TEST_F(ParticipantsTest, TellsTheRegistersSuspensionsApartAndEscapes) {
  v1::Participant& participant = Add("urn\x1b[2J", "two\nlines");
  participant.set_suspended(true);
  participant.set_suspended_in_register(true);
  participant.set_left_register(true);
  EXPECT_THAT(Out(), AllOf(HasSubstr("urn?[2J"), HasSubstr("two?lines"),
                           HasSubstr("suspended in the register, has left the register"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace envej::console
