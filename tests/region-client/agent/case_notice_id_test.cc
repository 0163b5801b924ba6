#include "region-client/agent/case_notice_id.h"

#include <gtest/gtest.h>

#include "region-client/ward/joining.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

const absl::Time kNamedAt = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 12), absl::UTCTimeZone());

class CaseNoticeIdTest : public testing::Test {
 protected:
  // Of the case that becomes of these events.
  std::string IdOf(const std::vector<ward::Event>& events, ward::v1::Case known = {}) const {
    std::string id;
    for (const ward::Event& event : events) ward::TakeEvent(event, TestSite(), known);
    ward::TakeConsent(Registered(), known);
    ward::Reconcile(known, TestSite(), kNamedAt, absl::UTCTimeZone(),
                    [&](const ward::v1::Case& made) { return id = CaseNoticeId(store_->at_rest(), TestSite(), made); });
    EXPECT_FALSE(id.empty());
    return id;
  }
  static ward::v1::RegisteredConsent Registered() {
    ward::v1::RegisteredConsent consent = Consent("2027-01-15");
    consent.mutable_registered_at()->set_seconds(absl::ToUnixSeconds(kNamedAt));
    return consent;
  }
  static ward::Event WithFirst(const std::string& other, ward::Event event) {
    event.patient.insert(event.patient.begin(), {.authority = "CPR", .value = other});
    return event;
  }

  AgentFolder folder_;
  std::unique_ptr<AgentStore> store_ = AgentStore::Open(folder_.Options()).value();
};

TEST_F(CaseNoticeIdTest, IsTheSameWhicheverNumberOfThePatientWasToldFirst) {
  ward::v1::Case consented;
  *consented.add_patient_ids() = Patient("1");
  const std::string id = IdOf({Discharge("1", kNamedAt)});
  EXPECT_EQ(IdOf({WithFirst("x", Discharge("1", kNamedAt))}), id) << "the event came first";
  EXPECT_EQ(IdOf({WithFirst("x", Discharge("1", kNamedAt))}, consented), id) << "the consent came first";
}

TEST_F(CaseNoticeIdTest, IsAnotherForEachPatientStayAndNotice) {
  const std::string id = IdOf({WithFirst("dummy", Discharge("1", kNamedAt))});
  EXPECT_NE(IdOf({WithFirst("dummy", Discharge("2", kNamedAt))}), id);
  ward::Event other_stay = Discharge("1", kNamedAt);
  other_stay.stay = "S2";
  EXPECT_NE(IdOf({other_stay}), id);
  EXPECT_NE(IdOf({Discharge("1", kNamedAt - absl::Hours(24))}), id);
  ward::v1::Case made_before;
  made_before.set_notices_made(1);
  EXPECT_NE(IdOf({Discharge("1", kNamedAt)}, made_before), id);
}

}  // namespace
}  // namespace envej::region
