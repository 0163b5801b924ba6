#include "region-client/submit_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "proto/contract/limits.h"
#include "region-client/json_fields.h"
#include "tests/region-client/support/full_disk.h"
#include "tests/region-client/support/submit_fixture.h"

namespace envej::region {
namespace {

using contract::Reason;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(SubmitTest, SendsEveryNoticeAndWritesItsReceipt) {
  const ProgramRun run = Submit(Lines(3));
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_EQ(run.err, "accepted 3, already accepted 0, refused 0, unsent 0\n");
  ASSERT_THAT(LinesOf(run.out), SizeIs(3));
  v1::Receipt receipt;
  EXPECT_THAT(ReadJson(LinesOf(run.out)[2], receipt), IsEmpty());
  EXPECT_EQ(receipt.notice_id(), NoticeIdNumber(3));
  EXPECT_EQ(server_.accepted().at(NoticeIdNumber(2)).SerializeAsString(), NoticeNumber(2, now_).SerializeAsString());
}

TEST_F(SubmitTest, RunAgainChangesNothingAndSaysSo) {
  const std::string path = testing::TempDir() + "run_again.jsonl";
  std::remove(path.c_str());
  EXPECT_EQ(Submit(Lines(3), {"--receipts", path}).exit_code, ExitCode::kDone);
  const std::string receipts = ReadAll(path);
  EXPECT_THAT(LinesOf(receipts), SizeIs(3));
  const ProgramRun again = Submit(Lines(3), {"--receipts", path});
  EXPECT_EQ(again.exit_code, ExitCode::kDone);
  EXPECT_EQ(again.err, "accepted 0, already accepted 3, refused 0, unsent 0\n");
  EXPECT_EQ(again.out, "");
  EXPECT_EQ(ReadAll(path), receipts);
}

TEST_F(SubmitTest, SendsALineThatIsSaidTwiceOnce) {
  const ProgramRun run = Submit(Lines(2) + Lines(1));
  EXPECT_EQ(run.err, "accepted 2, already accepted 1, refused 0, unsent 0\n");
  EXPECT_EQ(server_.requests().at(0).notices_size(), 2);
}

TEST_F(SubmitTest, ReportsEveryBadLineAndStillSendsTheGoodOnes) {
  server_.Refuse(NoticeIdNumber(2), Reason::kAgreementNotInForce);
  const ProgramRun run = Submit("{\n" + Lines(3) + Replaced(LineNumber(4, now_), "+45", "45"));
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  EXPECT_EQ(run.err,
            "line 1: refused: LINE_NOT_JSON: the line is not JSON from byte 2 on\n"
            "line 5: refused: PHONE_NUMBER_INVALID: a phone number is not in E.164 form, such as +45 and eight digits "
            "(citizen.phone_numbers)\n"
            "line 3: refused: AGREEMENT_NOT_IN_FORCE: region and municipality have no cooperation agreement in force "
            "today (envelope)\n"
            "accepted 2, already accepted 0, refused 3, unsent 0\n");
}

TEST_F(SubmitTest, NeverSendsALineWithoutConsentAndSaysWhichLeafletToHandOut) {
  const ProgramRun run = Submit(WithoutConsent(1, "0101") + WithoutConsent(2, "0147") + WithoutConsent(3, "0999"));
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  EXPECT_EQ(run.err,
            "line 1: no consent: hand out the leaflet (\"Mentor på vej\", phone +4533112233)\n"
            "line 2: no consent: hand out general advice (municipality 0147 has no scheme that takes part)\n"
            "line 3: no consent: hand out general advice (no municipality has the code that the line gives)\n"
            "accepted 0, already accepted 0, refused 3, unsent 0\n");
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(SubmitTest, RefusesALineWithoutConsentAlsoWhenTheLeafletCannotBeFetched) {
  server_.FailEveryCall({grpc::StatusCode::UNAVAILABLE, ""});
  const ProgramRun run = Submit(WithoutConsent(1, "0101"));
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  EXPECT_THAT(run.err, HasSubstr("line 1: no consent: hand out the leaflet of municipality 0101 (its name and phone "
                                 "cannot be fetched from the broker: UNAVAILABLE)\n"));
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(SubmitTest, DoesNotCountAReceiptThatProvesNothing) {
  server_.SpoilReceipt(NoticeIdNumber(2));
  const ProgramRun run = Submit(Lines(3));
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(LinesOf(run.out), SizeIs(2));
  EXPECT_THAT(run.err, HasSubstr("unknown whether accepted: RECEIPT_WRONG: "));
  EXPECT_THAT(run.err, EndsWith("accepted 2, already accepted 0, refused 0, unsent 0, unknown 1\n"));
}

TEST_F(SubmitTest, CountsANoticeApartWhoseReceiptCouldNotBeKept) {
  const std::string path = testing::TempDir() + "not_kept.jsonl";
  std::remove(path.c_str());
  {
    const FullDisk disk(100);
    const ProgramRun run = Submit(Lines(3), {"--receipts", path});
    EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
    EXPECT_EQ(run.err, "accepted, but its receipt could not be kept (" + path +
                           ": cannot be written: File too large): run the same again to get it (3 of them, first "
                           "line 1)\n"
                           "accepted 0, already accepted 0, refused 0, unsent 0, accepted without a receipt kept 3\n");
  }
  {
    const FullDisk disk(100);
    const ProgramRun run = Submit(Lines(3), {"--receipts", path, "--output", "json"});
    ASSERT_THAT(LinesOf(run.out), SizeIs(3));
    EXPECT_EQ(nlohmann::json::parse(LinesOf(run.out)[2])["outcome"], "receipt_not_kept");
    EXPECT_EQ(nlohmann::json::parse(LinesOf(run.out)[2])["reason"], "RECEIPT_NOT_KEPT");
  }
  const ProgramRun again = Submit(Lines(3), {"--receipts", path});
  EXPECT_EQ(again.exit_code, ExitCode::kDone);
  EXPECT_EQ(again.err, "accepted 0, already accepted 3, refused 0, unsent 0\n");
  EXPECT_THAT(LinesOf(ReadAll(path)), SizeIs(3));
}

TEST_F(SubmitTest, NeverTakesTheFileOfNoticesForReceiptsByAnyName) {
  const std::string path = testing::TempDir() + "notices_and_receipts.jsonl";
  const std::string symbolic = path + ".symbolic";
  const std::string hard = path + ".hard";
  for (const std::string& name : {path, symbolic, hard}) std::remove(name.c_str());
  std::ofstream(path) << Lines(1);
  std::filesystem::create_symlink(path, symbolic);
  std::filesystem::create_hard_link(path, hard);
  for (const std::string& name : {path, symbolic, hard}) {
    const ProgramRun run = RunWith(server_.address(), {"submit", path, "--receipts", name});
    EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
    EXPECT_EQ(run.err, name + ": is the file of notices; name another file for the receipts\n");
    EXPECT_EQ(ReadAll(path), Lines(1));
  }
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(SubmitTest, SendsManyNoticesInBoundedBatchesSeveralAtATime) {
  const ProgramRun run = Submit(Lines(3200));
  EXPECT_EQ(run.err, "accepted 3200, already accepted 0, refused 0, unsent 0\n");
  EXPECT_THAT(LinesOf(run.out), SizeIs(3200));
  EXPECT_THAT(server_.requests(), SizeIs(7));
  for (const v1::SubmitNoticesRequest& request : server_.requests()) {
    EXPECT_LE(request.notices_size(), contract::kBatchNotices);
    EXPECT_LE(request.ByteSizeLong(), contract::kBatchBytes);
  }
  EXPECT_GT(server_.most_in_flight(), 1);
  EXPECT_LE(server_.most_in_flight(), kBatchesInFlight);
}

TEST_F(SubmitTest, WritesAJsonLineForEveryNotice) {
  server_.Refuse(NoticeIdNumber(2), Reason::kAgreementNotInForce);
  const ProgramRun run = Submit(Lines(2) + LineNumber(1, now_) + WithoutConsent(4, "0101"), {"--output", "json"});
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  const std::vector<std::string> lines = LinesOf(run.out);
  ASSERT_THAT(lines, SizeIs(4));
  const nlohmann::json no_consent = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(no_consent["line"], 4);
  EXPECT_EQ(no_consent["reason"], "CONSENT_TO_CONTACT_MISSING");
  EXPECT_FALSE(no_consent.contains("notice_id"));
  EXPECT_EQ(no_consent["what_to_do"], "hand out the leaflet (\"Mentor på vej\", phone +4533112233)");
  const nlohmann::json accepted = nlohmann::json::parse(lines[1]);
  EXPECT_EQ(accepted["line"], 1);
  EXPECT_EQ(accepted["outcome"], "accepted");
  EXPECT_EQ(accepted["receipt"]["noticeId"], NoticeIdNumber(1));
  const nlohmann::json refused = nlohmann::json::parse(lines[2]);
  EXPECT_EQ(refused["notice_id"], NoticeIdNumber(2));
  EXPECT_EQ(refused["municipality_code"], "0101");
  EXPECT_EQ(refused["outcome"], "refused");
  EXPECT_EQ(refused["fields"], nlohmann::json::parse("[\"envelope\"]"));
  EXPECT_EQ(nlohmann::json::parse(lines[3])["outcome"], "repeated");
  EXPECT_EQ(run.err, "accepted 1, already accepted 1, refused 2, unsent 0\n");
}

TEST_F(SubmitTest, DrawsTheProgressBarOnlyWhereAskedFor) {
  EXPECT_THAT(Submit(Lines(2), {"--progress", "always"}).err, HasSubstr("] 2/2"));
  EXPECT_THAT(Submit(Lines(2), {"--progress", "auto"}).err, Not(HasSubstr("]")));
}

TEST_F(SubmitTest, AFileWithoutNoticesIsNotDone) {
  const std::string path = testing::TempDir() + "without_notices.jsonl";
  for (const std::string text : {"", "\n", " \t\r\n\n", "\xEF\xBB\xBF"}) {
    std::ofstream(path, std::ios::binary) << text;
    const ProgramRun file = RunWith(server_.address(), {"submit", path});
    EXPECT_EQ(file.exit_code, ExitCode::kUnusable);
    EXPECT_EQ(file.err, path + ": holds no notices; check that what writes it has not failed\n");
    const ProgramRun input = Submit(text, {"--output", "json"});
    EXPECT_EQ(input.exit_code, ExitCode::kUnusable);
    EXPECT_EQ(input.err, "standard input: holds no notices; check that what writes it has not failed\n");
    EXPECT_EQ(input.out, "");
  }
}

TEST_F(SubmitTest, RefusesFilesThatCannotBeUsed) {
  const ProgramRun missing = RunWith(server_.address(), {"submit", "/nowhere/notices.jsonl"});
  EXPECT_EQ(missing.exit_code, ExitCode::kUnusable);
  EXPECT_EQ(missing.err, "/nowhere/notices.jsonl: cannot be opened: No such file or directory\n");
  const ProgramRun directory = RunWith(server_.address(), {"submit", testing::TempDir()});
  EXPECT_EQ(directory.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(LinesOf(directory.err), SizeIs(1));
  const ProgramRun receipts = Submit(Lines(1), {"--receipts", "/nowhere/receipts.jsonl"});
  EXPECT_EQ(receipts.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(SubmitTest, RefusesWrongUsage) {
  EXPECT_EQ(Submit("", {"--deadline", "never"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(Submit("", {"--progress", "sometimes"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_.address(), {"submit"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_.address(), {}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_.address(), {"--help"}).exit_code, ExitCode::kDone);
}

// Marked values in every place where a line can go wrong come out nowhere.
TEST_F(SubmitTest, RepeatsNoValueOfTheInput) {
  const std::string name = "Hemmelighed";
  const std::string phone = "20987654";
  const std::string good = Replaced(Replaced(LineNumber(1, now_), "Opdigtet", name), "20000001", phone);
  const std::vector<std::string> marked = {
      Replaced(good, "}", name + phone),
      Replaced(good, "\"citizen\"", absl::StrCat("\"", name, phone, "\"")),
      Replaced(good, "\"name\"", absl::StrCat("\"", name, "\":\"", phone, "\",\"name\"")),
      Replaced(good, "\"0101\"", absl::StrCat("\"", name, phone, "\"")),
      Replaced(good, NoticeIdNumber(1), name + phone),
      Replaced(good, "CONSENT_FORM_WRITTEN", name + phone),
      Replaced(good, "\"revision\":1", absl::StrCat("\"revision\":\"", name, phone, "\"")),
      Replaced(good, "\"createdAt\":\"", absl::StrCat("\"createdAt\":\"", name, phone)),
      Replaced(good, "\"dischargeDate\":\"", absl::StrCat("\"dischargeDate\":\"", name, phone)),
      Replaced(good, "\"mentalIllness\":true", absl::StrCat("\"mentalIllness\":\"", name, phone, "\"")),
      Replaced(good, "+45", name),
      Replaced(good, "[\"+45", absl::StrCat("[", phone, ",\"+45")),
      Replaced(good, name, name + " 010203-1234"),
      Replaced(good, name, name + "\\u0007"),
      Replaced(good, "\"contact\"", absl::StrCat("\"", name, phone, "\"")),
      name + phone + "\n",
      "\"" + name + phone + "\"\n",
      "{\"" + name + "\": \"" + phone + "\"}\n",
      Replaced(good, name, name + std::string(kLineBytes, 'x')),
      Replaced(WithoutConsent(9, "0101"), "Opdigtet", name),
  };
  std::string text = Replaced(good, NoticeIdNumber(1), NoticeIdNumber(2)) + good;
  text += Replaced(good, name, name + phone);  // the same id, otherwise
  for (const std::string& line : marked) text += line;
  server_.Refuse(NoticeIdNumber(1), Reason::kMunicipalityNotParticipating);

  for (const std::string output : {"text", "json"}) {
    const ProgramRun run = Submit(text, {"--output", output});
    EXPECT_EQ(run.exit_code, ExitCode::kRefused);
    EXPECT_THAT(run.err, EndsWith(absl::StrCat("refused ", marked.size() + 2, ", unsent 0\n"))) << run.err;
    for (const std::string& written : {run.out, run.err}) {
      EXPECT_THAT(written, Not(HasSubstr(name)));
      EXPECT_THAT(written, Not(HasSubstr(phone)));
      EXPECT_THAT(written, Not(HasSubstr("010203")));
    }
  }
  // The marks would have been seen: they are in what the broker was sent.
  EXPECT_EQ(server_.accepted().at(NoticeIdNumber(2)).citizen().name(), name + " Borger 1");
  EXPECT_EQ(server_.accepted().at(NoticeIdNumber(2)).citizen().phone_numbers(0), "+45" + phone);
}

}  // namespace
}  // namespace envej::region
