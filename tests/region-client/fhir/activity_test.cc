#include "region-client/fhir/activity.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace envej::fhir {
namespace {

using ward::EventKind;

std::string Told(const Happening& happening) {
  if (const auto* kind = std::get_if<EventKind>(&happening)) return absl::StrCat("event ", static_cast<int>(*kind));
  if (std::holds_alternative<NoConcern>(happening)) return "no concern";
  return "contradiction";
}

std::string Told(EventKind kind) { return absl::StrCat("event ", static_cast<int>(kind)); }

TEST(ParseActivity, KnowsAllOfAHospitalNotificationAndNoOther) {
  for (const char* change : {"", "revise-", "cancel-"}) {
    for (const char* subject : {"admit-inpatient", "admit-emergency", "start-leave-inpatient", "end-leave-inpatient",
                                "discharge-inpatient-home", "discharge-emergency-home"}) {
      EXPECT_TRUE(ParseActivity(absl::StrCat(change, subject)).has_value()) << change << subject;
    }
  }
  EXPECT_EQ(ParseActivity("Revise-Admit-Inpatient"),
            (Activity{Activity::Change::kRevised, Activity::Subject::kAdmission}));
  for (const char* code : {"", "revise-", "cancel-cancel-admit-inpatient", "new-message", "discharge-inpatient"}) {
    EXPECT_FALSE(ParseActivity(code).has_value()) << code;
  }
}

TEST(WhatMedcomTells, EveryActivityWithEveryStatus) {
  struct Row {
    const char* activity;
    std::string going_on;
    std::string finished;
    std::string never_was;
  };
  const std::string error = Told(EventKind::kEnteredInError);
  const Row rows[] = {
      {"admit-inpatient", Told(EventKind::kAdmitted), "contradiction", error},
      {"revise-admit-inpatient", Told(EventKind::kUpdated), "contradiction", error},
      {"cancel-admit-inpatient", "contradiction", "contradiction", error},
      {"start-leave-inpatient", "no concern", "contradiction", error},
      {"revise-end-leave-inpatient", "no concern", "contradiction", error},
      {"cancel-start-leave-inpatient", "no concern", "contradiction", error},
      {"discharge-inpatient-home", "contradiction", Told(EventKind::kDischarged), error},
      {"revise-discharge-inpatient-home", "contradiction", Told(EventKind::kDischarged), error},
      {"cancel-discharge-inpatient-home", Told(EventKind::kDischargeCancelled), "contradiction", error},
  };
  for (const Row& row : rows) {
    const Activity activity = *ParseActivity(row.activity);
    EXPECT_EQ(Told(WhatMedcomTells(activity, "in-progress", {})), row.going_on) << row.activity;
    EXPECT_EQ(Told(WhatMedcomTells(activity, "onleave", {})), row.going_on) << row.activity;
    EXPECT_EQ(Told(WhatMedcomTells(activity, "finished", {})), row.finished) << row.activity;
    EXPECT_EQ(Told(WhatMedcomTells(activity, "cancelled", {})), row.never_was) << row.activity;
    EXPECT_EQ(Told(WhatMedcomTells(activity, "entered-in-error", {})), row.never_was) << row.activity;
    EXPECT_EQ(Told(WhatMedcomTells(activity, "planned", {})), "no concern") << row.activity;
    EXPECT_EQ(Told(WhatMedcomTells(activity, "unknown", {})), "contradiction") << row.activity;
  }
}

TEST(WhatMedcomTells, ADeathIsToldWhateverTheActivity) {
  EXPECT_EQ(Told(WhatMedcomTells(*ParseActivity("admit-inpatient"), "finished", true)), Told(EventKind::kUpdated));
  EXPECT_EQ(Told(WhatMedcomTells(*ParseActivity("start-leave-inpatient"), "finished", true)),
            Told(EventKind::kUpdated));
  EXPECT_EQ(Told(WhatMedcomTells(*ParseActivity("start-leave-inpatient"), "onleave", false)),
            Told(EventKind::kUpdated));
  EXPECT_EQ(Told(WhatMedcomTells(*ParseActivity("admit-inpatient"), "finished", false)), "contradiction");
  for (const char* status : {"planned", "arrived", "triaged", "onleave", "in-progress"}) {
    EXPECT_EQ(Told(WhatMedcomTells(*ParseActivity("start-leave-inpatient"), status, true)), Told(EventKind::kUpdated))
        << status;
    EXPECT_EQ(Told(WhatMedcomTells(*ParseActivity("discharge-inpatient-home"), status, true)),
              Told(EventKind::kUpdated))
        << status;
  }
  EXPECT_EQ(Told(WhatMedcomTells(*ParseActivity("admit-inpatient"), "planned", false)), "no concern");
}

TEST(WhatStatusTells, ADeathIsToldWhateverTheStatus) {
  for (const char* status : {"planned", "arrived", "triaged", "onleave", "unknown"}) {
    EXPECT_EQ(Told(WhatStatusTells(status, false, true)), Told(EventKind::kUpdated)) << status;
  }
  EXPECT_EQ(Told(WhatStatusTells("planned", false, false)), "no concern");
  EXPECT_EQ(Told(WhatStatusTells("onleave", false, {})), "no concern");
  EXPECT_EQ(Told(WhatStatusTells("in-progress", true, true)), Told(EventKind::kDischargePlanned));
  EXPECT_EQ(Told(WhatStatusTells("finished", true, true)), Told(EventKind::kDischarged));
}

}  // namespace
}  // namespace envej::fhir
