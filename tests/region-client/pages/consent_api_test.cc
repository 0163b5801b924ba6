#include "region-client/pages/consent_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "tests/region-client/pages/ward_pages_world.h"

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using Json = nlohmann::json;

const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 12), absl::UTCTimeZone());

Json Part(const std::string& given_on = "2027-01-14") {
  return {{"given_on", given_on}, {"form", "CONSENT_FORM_WRITTEN"}};
}

// As the page asks, where all answers are yes.
Json Yes(const std::string& number = "123") {
  return {{"patient", {{"value", number}}},
          {"consent",
           {{"municipality_code", "0101"},
            {"consent", {{"contact", Part()}, {"disclosure", Part()}}},
            {"criteria",
             {{"aged_18_or_over", true},
              {"mental_illness", true},
              {"discharged_from_regional_psychiatry", true},
              {"no_support_under_serviceloven", true}}},
            {"contact", {{"name", " Nanna Prøve "}, {"phone_numbers", {"20 12 34 56"}}}}}}};
}

class ConsentApiTest : public testing::Test {
 protected:
  ApiAnswer Register(const Json& request) { return api_.Register(request.dump()); }
  // The fields that are wrong, each with its reason.
  std::vector<std::string> FaultsOf(const Json& request) {
    const ApiAnswer answer = Register(request);
    EXPECT_EQ(answer.status, 422) << answer.json;
    std::vector<std::string> faults;
    const Json said = Json::parse(answer.json);
    for (const Json& error : said.value("errors", Json::array())) {
      faults.push_back(error["field"].get<std::string>() + " " + error["reason"].get<std::string>());
    }
    EXPECT_FALSE(Find("123").has_value());
    return faults;
  }
  std::optional<StoredCase> Find(const std::string& number) { return *world_.desk().Find({"", number}); }
  Json Ask(const ApiAnswer& answer, int status = 200) {
    EXPECT_EQ(answer.status, status) << answer.json;
    return Json::parse(answer.json);
  }

  WardPagesWorld world_{kNow};
  ConsentApi::Parts PartsWith(const Municipalities& municipalities) {
    return {.desk = world_.desk(),
            .municipalities = municipalities,
            .reaches_broker = [this] { return world_.reaches_broker(); },
            .now = [this] { return world_.now(); },
            .copenhagen = absl::UTCTimeZone()};
  }
  const ConsentApi api_{PartsWith(world_.municipalities())};
};

TEST_F(ConsentApiTest, RegistersWhatWasAnsweredInItsForm) {
  const ApiAnswer answer = Register(Yes());
  const Json said = Ask(answer);
  EXPECT_EQ(said["outcome"], "registered");
  EXPECT_EQ(said["why_not"], "not-discharged");
  EXPECT_EQ(answer.action, "consent-registered");
  ASSERT_TRUE(Find("123").has_value());
  const ward::v1::RegisteredConsent consent = Find("123")->known.consent();
  EXPECT_EQ(consent.contact().name(), "Nanna Prøve");
  EXPECT_EQ(consent.contact().phone_numbers(0), "+4520123456");
  EXPECT_EQ(consent.consent().contact().given_on(), "2027-01-14");
}

TEST_F(ConsentApiTest, ANoticeGoesOutOnceBothAreThere) {
  ASSERT_TRUE(world_.desk().TakeMessage({.source = "adt", .id = "1"}, {Discharge("123", kNow)}).ok());
  EXPECT_EQ(Ask(Register(Yes()))["why_not"], "");
  EXPECT_THAT(*world_.store().ReadOutbox(0, 10), SizeIs(1));
}

TEST_F(ConsentApiTest, ACprNumberIsTheSameWithItsHyphen) {
  Ask(Register(Yes("010190-9999")));
  EXPECT_TRUE(Find("0101909999").has_value());
  EXPECT_EQ(Ask(api_.Find(R"({"patient": {"value": " 0101909999 "}})"))["outcome"], "found");
}

TEST_F(ConsentApiTest, OfANoNothingIsKept) {
  for (const char* part : {"contact", "disclosure"}) {
    Json request = Yes();
    request["consent"]["consent"].erase(part);
    const ApiAnswer answer = Register(request);
    const Json said = Ask(answer);
    EXPECT_EQ(said["outcome"], "leaflet");
    EXPECT_EQ(said["because"], "no");
    EXPECT_EQ(said["withdrawn"], false);
    EXPECT_EQ(said["municipality"]["scheme_name"], "Mentor i København");
    EXPECT_EQ(said["municipality"]["phone_number"], "+4533112233");
    EXPECT_EQ(answer.action, "");
  }
  EXPECT_EQ(world_.store().cases(), 0u);
}

TEST_F(ConsentApiTest, TheLeafletIsGivenWithoutANumberToo) {
  EXPECT_EQ(Ask(Register({{"consent", {{"municipality_code", "0101"}}}}))["outcome"], "leaflet");
}

TEST_F(ConsentApiTest, ANoWithdrawsWhatWasGivenBefore) {
  Ask(Register(Yes()));
  ASSERT_TRUE(world_.desk().TakeMessage({.source = "adt", .id = "1"}, {Discharge("123", kNow)}).ok());
  world_.SetNow(kNow + absl::Minutes(1));
  Json request = Yes();
  request["consent"]["consent"].erase("disclosure");
  const ApiAnswer answer = Register(request);
  EXPECT_EQ(Ask(answer)["withdrawn"], true);
  EXPECT_EQ(answer.action, "consent-withdrawn");
  const std::vector<StoredOutgoing> outbox = *world_.store().ReadOutbox(0, 10);
  ASSERT_THAT(outbox, SizeIs(1));
  EXPECT_TRUE(outbox[0].outgoing.has_withdraw());
}

TEST_F(ConsentApiTest, WhereNoSchemeTakesPartNothingIsKeptAndAConsentForAnotherMunicipalityIsWithdrawn) {
  Ask(Register(Yes()));
  ASSERT_TRUE(world_.desk().TakeMessage({.source = "adt", .id = "1"}, {Discharge("123", kNow)}).ok());
  world_.SetNow(kNow + absl::Minutes(1));
  Json request = Yes();
  request["consent"]["municipality_code"] = "0147";
  const ApiAnswer answer = Register(request);
  const Json said = Ask(answer);
  EXPECT_EQ(said["because"], "not-taking-part");
  EXPECT_EQ(said["standing"], false);
  EXPECT_EQ(said["withdrawn"], true);
  EXPECT_EQ(said["municipality"]["code"], "0147");
  EXPECT_EQ(answer.action, "consent-withdrawn");
  const std::vector<StoredOutgoing> outbox = *world_.store().ReadOutbox(0, 10);
  ASSERT_THAT(outbox, SizeIs(1));
  EXPECT_EQ(outbox[0].outgoing.withdraw().reason(), v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  request["patient"]["value"] = "124";
  EXPECT_EQ(Ask(Register(request))["standing"], false);
  EXPECT_EQ(world_.store().cases(), 1u);
}

TEST_F(ConsentApiTest, EveryFieldThatIsWrongIsNamedAndNothingIsKept) {
  Json request = Yes();
  request["patient"]["value"] = "  ";
  request["consent"]["consent"]["contact"] = Part("2027-01-16");
  request["consent"]["consent"]["disclosure"] = Part("2025-12-31");
  request["consent"]["criteria"].erase("mental_illness");
  request["consent"]["contact"] = {{"name", "Nanna 0101909999"},
                                   {"phone_numbers", {"20123456", "123"}},
                                   {"email", "nobody"},
                                   {"postal_address", {{"street", "Prøvevej 1"}}}};
  EXPECT_THAT(
      FaultsOf(request),
      UnorderedElementsAre(
          "patient.value PATIENT_NUMBER_INVALID", "consent.consent.contact.given_on CONSENT_TO_CONTACT_IN_FUTURE",
          "consent.consent.disclosure.given_on CONSENT_TO_DISCLOSURE_TOO_OLD",
          "consent.criteria.mental_illness CRITERION_MENTAL_ILLNESS_MISSING",
          "consent.contact.name TEXT_LIKE_CPR_NUMBER", "consent.contact.phone_numbers[1] PHONE_NUMBER_INVALID",
          "consent.contact.email EMAIL_INVALID", "consent.contact.postal_address POSTAL_ADDRESS_INVALID"));
}

TEST_F(ConsentApiTest, SaysWhereTheBrokerIsAwaySoThatWhatIsSentIsSentLater) {
  EXPECT_EQ(Ask(Register(Yes()))["broker_away"], false);
  world_.SetReachesBroker(false);
  EXPECT_EQ(Ask(Register(Yes()))["broker_away"], true);
  EXPECT_EQ(Ask(api_.Find(R"({"patient": {"value": "123"}})"))["broker_away"], true);
}

TEST_F(ConsentApiTest, AnUnknownMunicipalityIsRefusedAndOneThatIsNotKnownYetIsAskedForAgain) {
  Json request = Yes();
  request["consent"]["municipality_code"] = "9999";
  EXPECT_THAT(FaultsOf(request), UnorderedElementsAre("consent.municipality_code MUNICIPALITY_UNKNOWN"));
  const KeptMunicipalities none;
  const ConsentApi early(PartsWith(none));
  EXPECT_EQ(Ask(early.Register(Yes().dump()), 503)["reason"], "MUNICIPALITIES_NOT_KNOWN_YET");
  Ask(Register(Yes()));
  const Json said = Ask(early.Register(R"({"patient": {"value": "123"}})"));
  EXPECT_EQ(said["withdrawn"], true) << "a no needs no list";
  EXPECT_TRUE(said["municipality"].is_null());
  EXPECT_EQ(Ask(early.ListMunicipalities(), 503)["reason"], "MUNICIPALITIES_NOT_KNOWN_YET");
}

TEST_F(ConsentApiTest, WhatIsNoRequestIsRefusedAndNeverRepeated) {
  for (const char* wrong : {"", "x", "[]", R"({"patient": {"value": "Nanna"}, "name": "Nanna"})",
                            R"({"patient": "Nanna"})", R"({"patient": {"value": "1"}, "patient": {"value": "2"}})",
                            R"({"consent": {"criteria": {"mental_illness": "true"}}})"}) {
    const ApiAnswer answer = api_.Register(wrong);
    EXPECT_EQ(answer.status, 400) << wrong;
    EXPECT_THAT(answer.json, Not(HasSubstr("Nanna")));
  }
  EXPECT_EQ(api_.Withdraw("{}").status, 422);
  EXPECT_EQ(api_.Find("{}").status, 422);
  EXPECT_EQ(api_.Find(R"({"patient": {"value": ")" + std::string(65, '1') + R"("}})").status, 422);
}

TEST_F(ConsentApiTest, TellsWhatBecameOfItAndNotOfWhom) {
  EXPECT_EQ(api_.Find(R"({"patient": {"value": "123"}})").status, 404);
  Ask(Register(Yes()));
  ASSERT_TRUE(world_.desk().TakeMessage({.source = "adt", .id = "1"}, {Discharge("123", kNow)}).ok());
  const ApiAnswer answer = api_.Find(R"({"patient": {"value": "123"}})");
  const Json said = Ask(answer);
  EXPECT_EQ(said["why_not"], "");
  EXPECT_EQ(said["consent"]["municipality_code"], "0101");
  EXPECT_EQ(said["notices"][0]["standing"], "NOTICE_STANDING_TO_BE_SENT");
  EXPECT_EQ(said["notices"][0]["discharge_date"], "2027-01-15");
  EXPECT_EQ(answer.action, "patient-looked-up");
  EXPECT_THAT(answer.json, Not(HasSubstr("Nanna")));
  EXPECT_THAT(answer.json, Not(HasSubstr("20123456")));
}

TEST_F(ConsentApiTest, WhoIsFoundByWhatTheWardWasToldIsSaidByNumber) {
  Ask(Register(Yes()));
  ASSERT_TRUE(world_.desk().TakeMessage({.source = "adt", .id = "1"}, {Discharge("123", kNow)}).ok());
  const Json by_number = Ask(api_.Find(R"({"patient": {"value": "123"}})"));
  EXPECT_EQ(by_number["patient_numbers"], Json::array());
  const std::string notice = by_number["notices"][0]["notice_id"];
  const std::string reference = by_number["patient_reference"];
  EXPECT_EQ(reference.size(), 16u);
  for (const Json& asked : {Json{{"notice_id", notice}}, Json{{"patient_reference", reference}}}) {
    const ApiAnswer answer = api_.Find(asked.dump());
    EXPECT_EQ(Ask(answer)["patient_numbers"], Json::array({"123"}));
    EXPECT_EQ(answer.action, "patient-looked-up");
  }
  for (const char* const unknown : {"0000000000000000", "00", "nothing of it is hex", ""}) {
    EXPECT_NE(api_.Find(Json{{"patient_reference", unknown}}.dump()).status, 200) << unknown;
  }
}

TEST_F(ConsentApiTest, OneWithoutAnAgreementTakesNoPart) {
  v1::ListMunicipalitiesResponse all = SomeMunicipalities();
  all.mutable_municipalities(0)->set_agreement_in_force(false);
  Ask(Register(Yes()));
  world_.municipalities().Keep(all);
  const Json said = Ask(Register(Yes()));
  EXPECT_EQ(said["because"], "not-taking-part");
  EXPECT_EQ(said["standing"], true) << "for the same municipality";
  EXPECT_EQ(Ask(api_.ListMunicipalities())["municipalities"][0]["takes_part"], false);
}

TEST_F(ConsentApiTest, WhatWasWithdrawnSinceItWasGivenIsAskedAgain) {
  Ask(Register(Yes()));
  Ask(api_.Withdraw(R"({"patient": {"value": "123"}})"));
  const Json said = Ask(Register(Yes()), 422);
  EXPECT_EQ(said["errors"][0]["reason"], "CONSENT_WITHDRAWN_SINCE");
  Json again = Yes();
  again["consent"]["consent"] = {{"contact", Part("2027-01-15")}, {"disclosure", Part("2027-01-15")}};
  EXPECT_EQ(Ask(Register(again))["outcome"], "registered");
}

TEST_F(ConsentApiTest, WithdrawsAConsent) {
  EXPECT_EQ(api_.Withdraw(R"({"patient": {"value": "123"}})").status, 404);
  Ask(Register(Yes()));
  const ApiAnswer answer = api_.Withdraw(R"({"patient": {"value": "123"}})");
  EXPECT_EQ(Ask(answer)["outcome"], "withdrawn");
  EXPECT_EQ(answer.action, "consent-withdrawn");
  EXPECT_TRUE(Find("123")->known.consent().has_withdrawn_at());
}

}  // namespace
}  // namespace envej::region
