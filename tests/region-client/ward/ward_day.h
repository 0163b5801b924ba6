#ifndef ENVEJ_TESTS_REGION_CLIENT_WARD_WARD_DAY_H_
#define ENVEJ_TESTS_REGION_CLIENT_WARD_WARD_DAY_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "region-client/ward/joining.h"

namespace envej::ward {

// A morning in Copenhagen, on 10 March 2027 at eight.
inline const absl::Time kMorning = absl::FromUnixSeconds(1'804'662'000);
inline constexpr char kToday[] = "2027-03-10";
inline constexpr char kWard[] = "P7";

inline absl::Time At(int hours) { return kMorning + absl::Hours(hours); }

inline Event EventAt(EventKind kind, int hours, const std::string& stay = "S1") {
  Event event;
  event.kind = kind;
  event.patient = {{.authority = "HOSP", .value = "1001"}};
  event.stay = stay;
  event.ward = kWard;
  event.patient_class = PatientClass::kInpatient;
  event.happened_at = At(hours);
  event.recorded_at = At(hours);
  event.birth_day = absl::CivilDay(1980, 5, 17);
  event.contact.name = "Ane Opdigtet";
  return event;
}

inline Event DischargeAt(int hours, const std::string& stay = "S1") {
  Event event = EventAt(EventKind::kDischarged, hours, stay);
  event.discharge_day = absl::ToCivilDay(At(hours), *contract::CopenhagenTimeZone());
  return event;
}

inline Event PlanAt(int hours, absl::CivilDay day, const std::string& stay = "S1") {
  Event event = EventAt(EventKind::kDischargePlanned, hours, stay);
  event.discharge_day = day;
  return event;
}

inline v1::RegisteredConsent ConsentAt(int hours, const std::string& given_on = kToday) {
  v1::RegisteredConsent consent;
  consent.set_municipality_code("0101");
  for (envej::v1::ConsentPart* const part :
       {consent.mutable_consent()->mutable_contact(), consent.mutable_consent()->mutable_disclosure()}) {
    part->set_given_on(given_on);
    part->set_form(envej::v1::CONSENT_FORM_WRITTEN);
  }
  consent.mutable_criteria()->set_aged_18_or_over(true);
  consent.mutable_criteria()->set_mental_illness(true);
  consent.mutable_criteria()->set_discharged_from_regional_psychiatry(true);
  consent.mutable_criteria()->set_no_support_under_serviceloven(true);
  consent.mutable_contact()->add_phone_numbers("+4512345678");
  *consent.mutable_registered_at() = contract::ToMessage(At(hours));
  return consent;
}

// What a municipality has of a patient, by what it was sent: notices by id, without those that were withdrawn. Fails
// where revisions do not grow, or something is sent of what it does not have.
class Municipality {
 public:
  void Receive(const std::vector<v1::Outgoing>& outgoing) {
    for (const v1::Outgoing& sent : outgoing) {
      if (sent.has_submit()) Put(sent.submit(), false);
      if (sent.has_revise()) Put(sent.revise(), true);
      if (sent.has_withdraw()) Remove(sent.withdraw());
    }
  }

  const std::map<std::string, envej::v1::Notice>& notices() const { return notices_; }
  const std::vector<envej::v1::WithdrawalReason>& withdrawn() const { return withdrawn_; }
  int messages() const { return messages_; }

 private:
  void Put(const envej::v1::Notice& notice, bool is_revision) {
    ++messages_;
    const std::string& id = notice.envelope().notice_id();
    EXPECT_EQ(notices_.contains(id), is_revision);
    EXPECT_EQ(notice.envelope().revision(), ++revisions_[id]);
    notices_[id] = notice;
  }
  void Remove(const envej::v1::Withdrawal& withdrawal) {
    ++messages_;
    EXPECT_EQ(notices_.erase(withdrawal.notice_id()), 1);
    EXPECT_EQ(withdrawal.revision(), ++revisions_[withdrawal.notice_id()]);
    withdrawn_.push_back(withdrawal.reason());
  }

  std::map<std::string, envej::v1::Notice> notices_;
  std::map<std::string, uint32_t> revisions_;
  std::vector<envej::v1::WithdrawalReason> withdrawn_;
  int messages_ = 0;
};

// One patient on a ward whose events and consents are joined, and what the municipality has of it then.
class WardDay {
 public:
  void Take(const Event& event) {
    TakeEvent(event, site_, known_);
    Settle();
  }
  void Take(const v1::RegisteredConsent& consent) {
    TakeConsent(consent, known_);
    Settle();
  }
  void WithdrawConsentAt(int hours) {
    TakeConsentWithdrawal(At(hours), known_);
    Settle();
  }
  // The case of another number of the same patient, with what was sent of it.
  void Merge(WardDay& other) {
    TakeMerged(other.known_, site_, known_);
    municipality_ = other.municipality_;
    Settle();
  }
  void Settle() { municipality_.Receive(Reconcile(known_, site_, now_, copenhagen_, NewId())); }

  Verdict Judged() const { return Judge(known_, site_, now_, copenhagen_); }
  std::optional<WhyNot> Why() const {
    const Verdict verdict = Judged();
    const WhyNot* const why = std::get_if<WhyNot>(&verdict);
    return why == nullptr ? std::nullopt : std::optional(*why);
  }
  // The one notice that the municipality has; an empty one if it has none. Fails if it has several.
  envej::v1::Notice Had() const {
    EXPECT_LE(municipality_.notices().size(), 1u);
    return municipality_.notices().empty() ? envej::v1::Notice() : municipality_.notices().begin()->second;
  }
  // Of all notices that the municipality has, in order.
  std::string DischargeDates() const {
    std::set<std::string> dates;
    for (const auto& [id, notice] : municipality_.notices()) dates.insert(notice.envelope().discharge_date());
    EXPECT_EQ(dates.size(), municipality_.notices().size());
    return absl::StrJoin(dates, " ");
  }
  v1::CaseNotice& last() { return *known_.mutable_notices(known_.notices_size() - 1); }

  v1::Case known_;
  Site site_{.patient_authority = "HOSP", .wards = {kWard}, .services = {"PSY"}};
  absl::Time now_ = At(24);
  Municipality municipality_;

 private:
  static NewNoticeId NewId() {
    return [](const v1::Case&) {
      static int number = 0;
      return absl::StrFormat("00000000-0000-4000-8000-%012d", ++number);
    };
  }
  const absl::TimeZone copenhagen_ = *contract::CopenhagenTimeZone();
};

// A notice was made of a discharge today.
inline WardDay Discharged() {
  WardDay day;
  day.Take(EventAt(EventKind::kAdmitted, -20));
  day.Take(ConsentAt(1));
  day.Take(DischargeAt(2));
  EXPECT_EQ(day.municipality_.notices().size(), 1u);
  return day;
}

}  // namespace envej::ward

#endif  // ENVEJ_TESTS_REGION_CLIENT_WARD_WARD_DAY_H_
