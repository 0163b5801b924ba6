#include "region-client/hl7/patient_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "proto/contract/day.h"
#include "tests/region-client/hl7/example_messages.h"

namespace envej::hl7 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using ward::EventKind;

using Fields = std::vector<std::pair<int, std::string>>;

const char kPatient[] = "PID|1||0012990001^^^CPR~P77^^^NORD&1.2.3&ISO";

class PatientEventTest : public testing::Test {
 protected:
  PatientEventTest() { site_.zone = contract::CopenhagenTimeZone().value(); }

  std::variant<ward::Event, NotOfConcern, Problem> Outcome(const std::vector<std::string>& segments) const {
    return ReadPatientEvent(Read(Joined(segments)), site_, now_);
  }
  ward::Event EventOf(const std::vector<std::string>& segments) const {
    const auto outcome = Outcome(segments);
    if (const auto* const problem = std::get_if<Problem>(&outcome); problem != nullptr) {
      ADD_FAILURE() << ToText(problem->place) << " " << problem->what;
    }
    return outcome.index() == 0 ? std::get<ward::Event>(outcome) : ward::Event();
  }
  Problem ProblemIn(const std::vector<std::string>& segments) const {
    const auto outcome = Outcome(segments);
    EXPECT_EQ(outcome.index(), 2u);
    return outcome.index() == 2 ? std::get<Problem>(outcome) : Problem();
  }
  ward::Event Discharge(const Fields& evn, const Fields& pv1) const {
    return EventOf({kHeader, SegmentOf("EVN", evn), kPatient, SegmentOf("PV1", pv1)});
  }
  absl::Time Local(absl::CivilSecond second) const { return absl::FromCivil(second, site_.zone); }

  Site site_;
  // A year on, so that only the tests of it are ahead.
  absl::Time now_ = absl::FromCivil(absl::CivilSecond(2028, 1, 1), absl::UTCTimeZone());
};

TEST_F(PatientEventTest, ADischargeIsTold) {
  const ward::Event event = EventOf(
      {kHeader, "EVN|A03|20270115140400||||20270115134500",
       absl::StrCat(kPatient,
                    "||Pr\u00F8vesen^Opdigtet||19800229|F|||Opdigtet All\u00E9 1^^Ingenby^^9999||+4500000001"),
       "PD1||||||||||||Y",
       SegmentOf("PV1", {{2, "I"}, {3, "P4^201^1"}, {10, "PSY"}, {19, "S123^^^NORD"}, {45, "20270115133000"}})});
  EXPECT_EQ(event.kind, EventKind::kDischarged);
  EXPECT_THAT(event.patient, ElementsAre(ward::PatientId{.authority = "CPR", .value = "0012990001"},
                                         ward::PatientId{.authority = "NORD", .value = "P77"}));
  EXPECT_THAT(event.merged, IsEmpty());
  EXPECT_EQ(event.stay, "S123");
  EXPECT_EQ(event.ward, "P4");
  EXPECT_EQ(event.service, "PSY");
  EXPECT_EQ(event.patient_class, ward::PatientClass::kInpatient);
  EXPECT_TRUE(event.discharged_home);
  EXPECT_EQ(event.happened_at, Local(absl::CivilSecond(2027, 1, 15, 13, 45)));
  EXPECT_EQ(event.recorded_at, Local(absl::CivilSecond(2027, 1, 15, 14, 4)));
  EXPECT_EQ(event.discharge_day, absl::CivilDay(2027, 1, 15));
  EXPECT_EQ(event.birth_day, absl::CivilDay(1980, 2, 29));
  EXPECT_EQ(event.deceased, std::nullopt);
  EXPECT_EQ(event.contact.name, "Opdigtet Pr\u00F8vesen");
  EXPECT_THAT(event.contact.phone_numbers, ElementsAre("+4500000001"));
  EXPECT_TRUE(event.contact.postal_address.has_value());
  EXPECT_EQ(event.contact.name_and_address_protection, true);
}

TEST_F(PatientEventTest, EachEventIsOfItsKind) {
  const std::pair<const char*, EventKind> cases[] = {{"A01", EventKind::kAdmitted},
                                                     {"A02", EventKind::kMoved},
                                                     {"A03", EventKind::kDischarged},
                                                     {"A08", EventKind::kUpdated},
                                                     {"A11", EventKind::kEnteredInError},
                                                     {"A13", EventKind::kDischargeCancelled},
                                                     {"A16", EventKind::kDischargePlanned},
                                                     {"A25", EventKind::kDischargePlanCancelled},
                                                     {"A31", EventKind::kUpdated},
                                                     {"A40", EventKind::kMerged},
                                                     {"A06", EventKind::kMoved},
                                                     {"A07", EventKind::kMoved},
                                                     {"A30", EventKind::kMerged},
                                                     {"A34", EventKind::kMerged},
                                                     {"A36", EventKind::kMerged},
                                                     {"A47", EventKind::kMerged}};
  for (const char* const version : {"2.2", "2.3.1", "2.5", "2.8"}) {
    for (const auto& [code, kind] : cases) {
      const ward::Event event = EventOf({HeaderOf(code, version), "EVN||20270115||", kPatient, "MRG|OLD^^^NORD",
                                         SegmentOf("PV1", {{2, "I"}, {45, "20270116"}})});
      EXPECT_EQ(event.kind, kind) << code;
      EXPECT_THAT(event.patient, SizeIs(2)) << code;
    }
  }
  const std::string header = absl::StrReplaceAll(kHeader, {{"ADT^A03^ADT_A03", "ADT"}});
  EXPECT_EQ(EventOf({header, "EVN|A13|20270115", kPatient}).kind, EventKind::kDischargeCancelled);
}

TEST_F(PatientEventTest, WhatIsOfNoConcernIsNoProblem) {
  const auto event_of = [this](const std::string& type) {
    const auto outcome = Outcome({absl::StrReplaceAll(kHeader, {{"ADT^A03^ADT_A03", type}})});
    EXPECT_EQ(outcome.index(), 1u) << type;
    return outcome.index() == 1 ? std::get<NotOfConcern>(outcome).event : "";
  };
  EXPECT_EQ(event_of("ADT^A04"), "ADT^A04");
  EXPECT_EQ(event_of("ADT^A12^ADT_A12"), "ADT^A12");
  EXPECT_EQ(event_of("ORU^R01"), "ORU^R01");
  EXPECT_EQ(event_of("ORU^A03"), "ORU^A03");
  EXPECT_EQ(event_of("ADT"), "");
  EXPECT_EQ(event_of("ADT^Opdigtet"), "");
  EXPECT_EQ(event_of("adt^A03"), "");
}

TEST_F(PatientEventTest, AMergeThatNamesNoNumbersAsA40DoesIsOfNoConcern) {
  for (const char* const code : {"A30", "A34", "A36", "A47"}) {
    EXPECT_EQ(Outcome({HeaderOf(code), kPatient, "MRG||||OLD"}).index(), 1u) << code;
    EXPECT_EQ(Outcome({HeaderOf(code), "PID|1", "MRG|OLD^^^NORD"}).index(), 1u) << code;
  }
  for (const char* const code : {"A35", "A39", "A41", "A43"}) {
    EXPECT_EQ(Outcome({HeaderOf(code), kPatient, "MRG|OLD^^^NORD"}).index(), 1u) << code << " is not of numbers alone";
  }
}

TEST_F(PatientEventTest, OfAnyOtherMessageADeathIsTold) {
  const std::string visit = SegmentOf("PV1", {{2, "O"}, {3, "AMB"}, {19, "S9"}, {45, "20270115"}});
  for (const char* const code : {"A04", "A05", "A28", "A35", "A54"}) {
    const std::string alive = "PID|1||A^^^NORD||Pr\u00F8vesen^Opdigtet|||||||| +4500000001";
    const std::string dead = SegmentOf("PID", {{3, "A^^^NORD"}, {5, "Andet^Navn"}, {13, "+4500000001"}, {30, "Y"}});
    EXPECT_EQ(Outcome({HeaderOf(code), alive, visit}).index(), 1u) << code;
    const ward::Event event = EventOf({HeaderOf(code), "EVN||20270115130000", dead, visit});
    EXPECT_EQ(event.kind, EventKind::kUpdated);
    EXPECT_EQ(event.deceased, true);
    EXPECT_EQ(event.recorded_at, Local(absl::CivilSecond(2027, 1, 15, 13)));
    EXPECT_EQ(event.contact, ward::Contact());
    EXPECT_EQ(event.ward + event.stay, "");
    EXPECT_EQ(event.discharge_day, std::nullopt);
  }
  const std::string since = SegmentOf("PID", {{3, "A^^^NORD"}, {29, "20270114"}});
  EXPECT_EQ(EventOf({HeaderOf("A04"), since}).deceased, true);
  const std::string training = absl::StrReplaceAll(HeaderOf("A04"), {{"|P|", "|T|"}});
  EXPECT_EQ(ProblemIn({training, since}).place, (Place{.segment = "MSH", .field = 11}));
}

TEST_F(PatientEventTest, FromAndToAnOutpatientIsOfTheClassThatItSays) {
  const auto class_of = [this](const char* code, const std::string& said) {
    return EventOf({HeaderOf(code), kPatient, SegmentOf("PV1", {{1, "1"}, {2, said}, {3, "P4"}})}).patient_class;
  };
  EXPECT_EQ(class_of("A06", ""), ward::PatientClass::kInpatient);
  EXPECT_EQ(class_of("A06", "E"), ward::PatientClass::kOther);
  EXPECT_EQ(class_of("A07", ""), ward::PatientClass::kOther);
  EXPECT_EQ(class_of("A07", "I"), ward::PatientClass::kInpatient);
  EXPECT_EQ(class_of("A02", ""), ward::PatientClass::kUnknown);
}

TEST_F(PatientEventTest, WhatIsSentAnewIsAsOldAsItWas) {
  const std::string anew = absl::StrReplaceAll(HeaderOf("A13"), {{"20270115140500", "20270116090000"}});
  const absl::Time recorded = Local(absl::CivilSecond(2027, 1, 15, 14));
  EXPECT_EQ(EventOf({anew, "EVN||20270115140000", kPatient}).recorded_at, recorded);
  const absl::Time made = Local(absl::CivilSecond(2027, 1, 16, 9));
  EXPECT_EQ(EventOf({anew, "EVN||20270115", kPatient}).recorded_at, made);
  EXPECT_EQ(EventOf({anew, "EVN", kPatient}).recorded_at, made);
}

TEST_F(PatientEventTest, WhatIsRecordedInTheFutureIsRefusedByItsField) {
  now_ = Local(absl::CivilSecond(2027, 1, 15, 14));
  const std::string made = absl::StrReplaceAll(HeaderOf("A13"), {{"20270115140500", "209901010000"}});
  EXPECT_EQ(ProblemIn({made, "EVN||20270115140000", kPatient}).place, (Place{.segment = "MSH", .field = 7}));
  EXPECT_EQ(ProblemIn({HeaderOf("A13"), "EVN||20270115150001", kPatient}).place, (Place{.segment = "EVN", .field = 2}));
  EXPECT_EQ(ProblemIn({HeaderOf("A13"), "EVN||||||20270115150001", kPatient}).place,
            (Place{.segment = "EVN", .field = 6}));
  EventOf({HeaderOf("A13"), "EVN||20270115150000||||20270115150000", kPatient});
  // What is still to come is planned, or a discharge that was entered before.
  EventOf({HeaderOf("A16"), "EVN||||||20270120", kPatient, "PV1|1|I", SegmentOf("PV2", {{9, "20270120100000"}})});
  const ward::Event early =
      EventOf({HeaderOf("A03"), "EVN||20270115140000", kPatient, SegmentOf("PV1", {{45, "202701151600"}})});
  EXPECT_EQ(early.happened_at, now_);
  EXPECT_EQ(early.discharge_day, absl::CivilDay(2027, 1, 15));
}

TEST_F(PatientEventTest, WhenAPlanWasMadeIsNotWhenItIsFor) {
  const ward::Event plan = EventOf({HeaderOf("A16"), "EVN||20270115140000||||20270120100000", kPatient, "PV1|1|I",
                                    SegmentOf("PV2", {{9, "20270120"}})});
  EXPECT_EQ(plan.happened_at, Local(absl::CivilSecond(2027, 1, 15, 14)));
}

TEST_F(PatientEventTest, AnUpdateSaysTheDayOfAPlanBesideThatOfADischarge) {
  const std::string expected = SegmentOf("PV2", {{9, "20270120"}});
  for (const char* const code : {"A08", "A31"}) {
    const ward::Event plan = EventOf({HeaderOf(code), kPatient, "PV1|1|I", expected});
    EXPECT_EQ(plan.planned_day, absl::CivilDay(2027, 1, 20));
    EXPECT_EQ(plan.discharge_day, std::nullopt);
    const ward::Event both = EventOf({HeaderOf(code), kPatient, SegmentOf("PV1", {{45, "20270118"}}), expected});
    EXPECT_EQ(both.planned_day, absl::CivilDay(2027, 1, 20));
    EXPECT_EQ(both.discharge_day, absl::CivilDay(2027, 1, 18));
  }
  EXPECT_EQ(EventOf({HeaderOf("A01"), kPatient, "PV1|1|I", expected}).planned_day, std::nullopt);
}

TEST_F(PatientEventTest, TheSiteSaysWhichClassesLieInABedAndHowWardsAreNamed) {
  const auto visit = [this](const Fields& fields) {
    return EventOf({HeaderOf("A08"), kPatient, SegmentOf("PV1", fields)});
  };
  const Fields said = {{2, "R"}, {3, "P1^201^1^NORD&1.2"}};
  EXPECT_EQ(visit(said).patient_class, ward::PatientClass::kOther);
  EXPECT_EQ(visit(said).ward, "P1");
  site_.inpatient_classes = {"I", "R"};
  site_.wards_by_facility = true;
  EXPECT_EQ(visit(said).patient_class, ward::PatientClass::kInpatient);
  EXPECT_EQ(visit(said).ward, "NORD/P1");
  EXPECT_EQ(visit({{3, "P1"}}).ward, "P1");
  EXPECT_EQ(visit({{3, "^^^NORD"}}).ward, "");
}

TEST_F(PatientEventTest, OldVersionsMayHaveTheirNumbersInPid2) {
  EXPECT_THAT(EventOf({HeaderOf("A13", "2.2"), "PID|1|X1^^^NORD"}).patient,
              ElementsAre(ward::PatientId{.authority = "NORD", .value = "X1"}));
  EXPECT_THAT(EventOf({HeaderOf("A13"), "PID|1|X1|A^^^&1.2&ISO~\"\"~^^^NORD"}).patient,
              ElementsAre(ward::PatientId{.authority = "1.2", .value = "A"}));
}

TEST_F(PatientEventTest, WhatIsRequiredIsMissed) {
  const std::string visit = SegmentOf("PV1", {{2, "I"}, {45, "20270115"}});
  const auto missing = [](const std::string& segment) {
    return Problem{{.segment = segment}, ErrorCode::kSegmentSequenceError, "is missing"};
  };
  EXPECT_EQ(ProblemIn({kHeader, visit}), missing("PID"));
  for (const char* const code : {"A01", "A02", "A03", "A16"}) {
    EXPECT_EQ(ProblemIn({HeaderOf(code), kPatient, "PV2|||||||||20270115"}), missing("PV1")) << code;
  }
  EXPECT_EQ(ProblemIn({HeaderOf("A40"), kPatient}), missing("MRG"));
  EXPECT_EQ(ProblemIn({HeaderOf("A40"), kPatient, "MRG|"}).place, (Place{.segment = "MRG", .field = 1}));
  const Problem no_number = ProblemIn({kHeader, "PID|1||\"\"", visit});
  EXPECT_EQ(no_number.place, (Place{.segment = "PID", .field = 3}));
  EXPECT_EQ(no_number.code, ErrorCode::kRequiredFieldMissing);
  EXPECT_EQ(ProblemIn({HeaderOf("A03"), "EVN|A03", kPatient, "PV1|1|I"}).place, (Place{.segment = "PV1", .field = 45}));
  EXPECT_EQ(ProblemIn({HeaderOf("A16"), "EVN|A16|20270115", kPatient, "PV1|1|I"}).place,
            (Place{.segment = "PV2", .field = 9}));
}

TEST_F(PatientEventTest, AMessageIsAboutOnePatientAndStay) {
  const std::string visit = SegmentOf("PV1", {{45, "20270115"}});
  for (const std::string& second : {std::string(kPatient), visit, std::string("MRG|A")}) {
    const Problem problem = ProblemIn({kHeader, kPatient, visit, "MRG|A", second});
    EXPECT_EQ(problem.place, (Place{.segment = second.substr(0, 3), .occurrence = 2}));
    EXPECT_EQ(problem.code, ErrorCode::kSegmentSequenceError);
  }
}

TEST_F(PatientEventTest, TestMessagesDoNotCount) {
  const auto with = [](const std::string& id) {
    return absl::StrReplaceAll(HeaderOf("A13"), {{"|P|", "|" + id + "|"}});
  };
  const Problem problem = ProblemIn({with("T"), kPatient});
  EXPECT_EQ(problem.place, (Place{.segment = "MSH", .field = 11}));
  EXPECT_EQ(problem.code, ErrorCode::kUnsupportedProcessingId);
  EventOf({with(""), kPatient});
  EventOf({with("P^T"), kPatient});
  site_.processing_id = "T";
  EventOf({with("T"), kPatient});
}

TEST_F(PatientEventTest, TheTimeOfDischargeLiesWhereTheSiteSays) {
  const Fields evn = {{2, "20270116100000"}, {6, "20270117100000"}};
  EXPECT_EQ(Discharge(evn, {{45, "202701150900"}}).discharge_day, absl::CivilDay(2027, 1, 15));
  EXPECT_EQ(Discharge(evn, {{2, "I"}}).discharge_day, absl::CivilDay(2027, 1, 17));
  EXPECT_EQ(Discharge({{2, "20270116100000"}}, {{45, "\"\""}}).discharge_day, absl::CivilDay(2027, 1, 16));
  EXPECT_EQ(Discharge(evn, {{45, "202701"}}).discharge_day, absl::CivilDay(2027, 1, 17));
  site_.discharge_time = {Site::DischargeTimeField::kEventRecorded};
  EXPECT_EQ(Discharge(evn, {{2, "I"}}).discharge_day, absl::CivilDay(2027, 1, 16));
  site_.discharge_time = {};
  EXPECT_EQ(ProblemIn({kHeader, SegmentOf("EVN", evn), kPatient, "PV1|1|I"}).code, ErrorCode::kRequiredFieldMissing);
}

TEST_F(PatientEventTest, WhenItHappenedIsWhatSaysTheHourFirst) {
  const absl::Time nine = Local(absl::CivilSecond(2027, 1, 15, 9));
  const absl::Time ten = Local(absl::CivilSecond(2027, 1, 15, 10));
  const absl::Time eleven = Local(absl::CivilSecond(2027, 1, 15, 11));
  const std::string n = "2027011509", t = "2027011510", e = "2027011511";
  EXPECT_EQ(Discharge({{2, e}, {6, n}}, {{45, t}}).happened_at, nine);
  EXPECT_EQ(Discharge({{2, e}}, {{45, t}}).happened_at, ten);
  EXPECT_EQ(Discharge({{2, e}}, {{45, "20270115"}}).happened_at, eleven);
  EXPECT_EQ(Discharge({{2, "20270115"}}, {{45, "20270115"}}).happened_at, Local(absl::CivilSecond(2027, 1, 15, 14, 5)));
  const ward::Event update = EventOf({HeaderOf("A08"), "EVN||" + e, kPatient, SegmentOf("PV1", {{45, t}})});
  EXPECT_EQ(update.happened_at, eleven);
  EXPECT_EQ(update.discharge_day, absl::CivilDay(2027, 1, 15));
}

TEST_F(PatientEventTest, APlannedDayIsTheExpectedOne) {
  const std::string header = HeaderOf("A16");
  const std::string expected = SegmentOf("PV2", {{9, "20270120"}});
  const std::string visit = SegmentOf("PV1", {{45, "20270121"}});
  const auto day = [&](const std::vector<std::string>& more) {
    std::vector<std::string> segments = {header, "EVN||20270115|20270122", kPatient};
    segments.insert(segments.end(), more.begin(), more.end());
    return EventOf(segments).discharge_day;
  };
  EXPECT_EQ(day({visit, expected}), absl::CivilDay(2027, 1, 20));
  EXPECT_EQ(day({visit}), absl::CivilDay(2027, 1, 21));
  EXPECT_EQ(day({"PV1|1|I"}), absl::CivilDay(2027, 1, 22));
}

TEST_F(PatientEventTest, OnlyWhatSaysTheDayOfDischargeGivesOne) {
  const std::string expected = SegmentOf("PV2", {{9, "20270120"}});
  for (const char* const code : {"A01", "A02", "A08", "A13", "A25", "A31"}) {
    EXPECT_EQ(EventOf({HeaderOf(code), "EVN||20270115|20270122", kPatient, "PV1|1|I", expected}).discharge_day,
              std::nullopt)
        << code;
  }
}

TEST_F(PatientEventTest, ADeathIsTold) {
  const auto deceased = [this](const Fields& fields) {
    Fields all = {{3, "A"}};
    all.insert(all.end(), fields.begin(), fields.end());
    return EventOf({HeaderOf("A31"), SegmentOf("PID", all)}).deceased;
  };
  EXPECT_EQ(deceased({}), std::nullopt);
  EXPECT_EQ(deceased({{30, "Y"}}), true);
  EXPECT_EQ(deceased({{30, "N"}}), false);
  EXPECT_EQ(deceased({{29, "20270114"}}), true);
  EXPECT_EQ(deceased({{29, "20270114"}, {30, "N"}}), true);
  EXPECT_EQ(deceased({{29, "\"\""}, {30, "\"\""}}), std::nullopt);
}

TEST_F(PatientEventTest, ClassWardAndStayAreThoseOfTheVisit) {
  const auto visit = [this](const Fields& fields) {
    return EventOf({HeaderOf("A08"), kPatient, SegmentOf("PV1", fields)});
  };
  EXPECT_EQ(visit({{1, "1"}}).patient_class, ward::PatientClass::kUnknown);
  for (const char* const other : {"O", "E", "P", "i"}) {
    EXPECT_EQ(visit({{2, other}}).patient_class, ward::PatientClass::kOther);
  }
  EXPECT_EQ(visit({{19, "S1"}, {50, "S2"}}).stay, "S1");
  EXPECT_EQ(visit({{50, "S2^^^NORD"}}).stay, "S2");
  EXPECT_EQ(EventOf({HeaderOf("A31"), kPatient}).ward, "");
}

TEST_F(PatientEventTest, HomeIsWhereTheSiteDoesNotSayElsewhere) {
  const auto home = [this](const Fields& fields) {
    return EventOf({HeaderOf("A08"), kPatient, SegmentOf("PV1", fields)}).discharged_home;
  };
  EXPECT_TRUE(home({{36, "02"}, {37, "H9"}}));
  site_.dispositions_elsewhere = {"02"};
  site_.locations_elsewhere = {"H9"};
  EXPECT_TRUE(home({{36, "01"}, {37, "H1"}}));
  EXPECT_TRUE(home({{2, "I"}}));
  EXPECT_FALSE(home({{36, "02"}}));
  EXPECT_FALSE(home({{37, "H9^20270115"}}));
}

TEST_F(PatientEventTest, AMergeNamesBothNumbers) {
  const ward::Event event = EventOf({HeaderOf("A40"), kPatient, "MRG|OLD^^^NORD~OLDER"});
  EXPECT_THAT(event.patient, SizeIs(2));
  EXPECT_THAT(event.merged, ElementsAre(ward::PatientId{.authority = "NORD", .value = "OLD"},
                                        ward::PatientId{.authority = "", .value = "OLDER"}));
}

TEST_F(PatientEventTest, WhatIsReadAndWrongIsAProblemAtItsPlace) {
  const auto place = [this](const std::string& segment, int field, const std::string& text) {
    std::vector<std::string> segments = {HeaderOf("A03"), "EVN|A03", kPatient, SegmentOf("PV1", {{45, "20270115"}})};
    if (segment == "PID")
      segments[2] = SegmentOf("PID", field == 3 ? Fields{{3, text}} : Fields{{3, "A"}, {field, text}});
    if (segment == "EVN") segments[1] = SegmentOf("EVN", {{field, text}});
    if (segment == "PV1") segments[3] = SegmentOf("PV1", {{field, text}});
    if (segment == "PD1") segments.push_back(SegmentOf("PD1", {{field, text}}));
    if (segment == "MSH") segments[0] = absl::StrReplaceAll(segments[0], {{"20270115140500", text}});
    const Problem problem = ProblemIn(segments);
    EXPECT_EQ(problem.what.find(text), std::string::npos) << problem.what;
    return absl::StrCat(ToText(problem.place), " ", static_cast<int>(problem.code));
  };
  EXPECT_EQ(place("MSH", 7, "soon"), "MSH-7 102");
  EXPECT_EQ(place("EVN", 2, "today"), "EVN-2 102");
  EXPECT_EQ(place("EVN", 6, "2027-01-15"), "EVN-6 102");
  EXPECT_EQ(place("PID", 7, "290280"), "PID-7 102");
  EXPECT_EQ(place("PID", 30, "X"), "PID-30 103");
  EXPECT_EQ(place("PD1", 12, "1"), "PD1-12 103");
  EXPECT_EQ(place("PV1", 45, "15.01.2027"), "PV1-45 102");
  EXPECT_EQ(place("PID", 3, std::string(200, '1')), "PID-3.1 104");
}

}  // namespace
}  // namespace envej::hl7
