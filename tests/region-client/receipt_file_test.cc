#include "region-client/receipt_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "proto/contract/json_line.h"
#include "tests/region-client/support/full_disk.h"
#include "tests/region-client/support/notice_lines.h"

namespace envej::region {
namespace {

// With every kind of value that a receipt has.
v1::Receipt ReceiptNumber(unsigned number) {
  v1::Receipt receipt;
  receipt.set_region_code("1084");
  receipt.set_origin("ward \"A\" \\ b");
  receipt.mutable_accepted_at()->set_seconds(1'790'000'000);
  receipt.mutable_content_commitment()->set_key_id("plain-1");
  receipt.mutable_position()->set_batch(12);
  receipt.mutable_inclusion()->set_event_count(2);
  receipt.mutable_inclusion()->add_path("one");
  receipt.mutable_inclusion()->add_path("two");
  receipt.set_municipality_code("0101");
  receipt.set_notice_id(NoticeIdNumber(number));
  receipt.set_revision(1);
  return receipt;
}

std::string LineOf(unsigned number) { return contract::ToJsonLine(ReceiptNumber(number)) + "\n"; }

class ReceiptFileTest : public testing::Test {
 protected:
  void SetUp() override { std::remove(path_.c_str()); }

  void Write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  std::string Content() const {
    std::ostringstream content;
    content << std::ifstream(path_, std::ios::binary).rdbuf();
    return content.str();
  }

  const std::string path_ =
      testing::TempDir() + "receipts_" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".jsonl";
};

TEST_F(ReceiptFileTest, AppendsLinesAndIsReadableByItsOwnerOnly) {
  absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append({ReceiptNumber(1)}).ok());
  EXPECT_TRUE(file->Append({ReceiptNumber(2)}).ok());
  EXPECT_EQ(Content(), LineOf(1) + LineOf(2));
  struct stat about = {};
  ASSERT_EQ(stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
}

TEST_F(ReceiptFileTest, HoldsEachReceiptOnceAlsoWhenOpenedAgain) {
  for (int i = 0; i < 2; ++i) {
    absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_TRUE(file->Append({ReceiptNumber(1), ReceiptNumber(1)}).ok());
    EXPECT_TRUE(file->Append({ReceiptNumber(1), ReceiptNumber(2)}).ok());
  }
  EXPECT_EQ(Content(), LineOf(1) + LineOf(2));
}

TEST_F(ReceiptFileTest, HoldsBothReceiptsOfWhatWasAcceptedAnew) {
  v1::Receipt anew = ReceiptNumber(1);
  anew.mutable_position()->set_store_incarnation(std::string(32, '7'));
  absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append({ReceiptNumber(1), anew, anew}).ok());
  EXPECT_EQ(Content(), LineOf(1) + contract::ToJsonLine(anew) + "\n");
}

TEST_F(ReceiptFileTest, HoldsOneIdsReceiptsOfEachRegionAndMunicipality) {
  v1::Receipt other_region = ReceiptNumber(1);
  other_region.set_region_code("1086");
  v1::Receipt other_municipality = ReceiptNumber(1);
  other_municipality.set_municipality_code("0147");
  absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append({ReceiptNumber(1), other_region, other_municipality}).ok());
  EXPECT_EQ(Content(),
            LineOf(1) + contract::ToJsonLine(other_region) + "\n" + contract::ToJsonLine(other_municipality) + "\n");
}

TEST_F(ReceiptFileTest, CutsAwayALineThatACrashLeftUnfinished) {
  Write(LineOf(1) + LineOf(2).substr(0, 20));
  absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append({ReceiptNumber(2)}).ok());
  EXPECT_EQ(Content(), LineOf(1) + LineOf(2));
}

TEST_F(ReceiptFileTest, CutsAReceiptWhereverACrashToreIt) {
  const std::string whole = LineOf(2);
  for (size_t bytes = 0; bytes + 1 < whole.size(); ++bytes) {
    Write(LineOf(1) + whole.substr(0, bytes));
    ASSERT_TRUE(ReceiptFile::Open(path_).ok()) << bytes;
    ASSERT_EQ(Content(), LineOf(1)) << bytes;
  }
}

TEST_F(ReceiptFileTest, EndsAWholeReceiptThatLacksItsLinesEnd) {
  Write(LineOf(1).substr(0, LineOf(1).size() - 1));
  absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append({ReceiptNumber(1), ReceiptNumber(2)}).ok());
  EXPECT_EQ(Content(), LineOf(1) + LineOf(2));
}

TEST_F(ReceiptFileTest, LeavesAFileOfSomethingElseAlone) {
  std::string notice = LineNumber(1, absl::Now());
  notice.pop_back();
  for (const std::string& text : std::vector<std::string>{
           "a shopping list\n", "no end", "{\"name\": \"A\"}\n", "{}\n", "{}", notice, "{\"name\": \"A\"}",
           "{ \"noticeId\":", LineOf(1) + notice, LineOf(1) + "{\"revision\":1,\"noticeId\":\"", "{\"noticeId\":1",
           "{\"revision\":\"1", "{\"noticeId\":\"a\"} and more"}) {
    Write(text);
    EXPECT_EQ(ReceiptFile::Open(path_).status().code(), absl::StatusCode::kFailedPrecondition) << text;
    EXPECT_EQ(Content(), text);
  }
}

TEST_F(ReceiptFileTest, SeveralProgramsShareItAndEachReceiptStandsOnce) {
  absl::StatusOr<ReceiptFile> first = ReceiptFile::Open(path_);
  absl::StatusOr<ReceiptFile> second = ReceiptFile::Open(path_);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_TRUE(first->Append({ReceiptNumber(1)}).ok());
  EXPECT_TRUE(second->Append({ReceiptNumber(2), ReceiptNumber(1)}).ok());
  EXPECT_TRUE(first->Append({ReceiptNumber(3), ReceiptNumber(2)}).ok());
  EXPECT_TRUE(second->Append({ReceiptNumber(3)}).ok());
  EXPECT_EQ(Content(), LineOf(1) + LineOf(2) + LineOf(3));
}

TEST_F(ReceiptFileTest, MendsWhatAnotherProgramLeftWhenItCrashed) {
  absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append({ReceiptNumber(1)}).ok());
  std::ofstream(path_, std::ios::binary | std::ios::app) << LineOf(2) << LineOf(3).substr(0, 20);
  EXPECT_TRUE(file->Append({ReceiptNumber(4)}).ok());
  EXPECT_EQ(Content(), LineOf(1) + LineOf(2) + LineOf(4));
  Write(LineOf(1));
  EXPECT_EQ(file->Append({ReceiptNumber(5)}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Content(), LineOf(1)) << "what was taken out of it is not written over";
}

TEST_F(ReceiptFileTest, WaitsForAnotherProgramsAppendAndNotForEver) {
  absl::StatusOr<ReceiptFile> patient = ReceiptFile::Open(path_);
  absl::StatusOr<ReceiptFile> impatient = ReceiptFile::Open(path_, absl::Milliseconds(40));
  ASSERT_TRUE(patient.ok() && impatient.ok());
  const int other = open(path_.c_str(), O_RDWR);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  EXPECT_EQ(impatient->Append({ReceiptNumber(1)}),
            absl::FailedPreconditionError(path_ + ": another program is writing receipts to it"));
  std::thread releases([other] {
    absl::SleepFor(absl::Milliseconds(100));
    close(other);
  });
  EXPECT_TRUE(patient->Append({ReceiptNumber(2)}).ok());
  releases.join();
  EXPECT_EQ(Content(), LineOf(2));
}

TEST_F(ReceiptFileTest, SaysWhichFileCannotBeOpened) {
  const absl::Status status = ReceiptFile::Open(path_ + ".none/receipts.jsonl").status();
  EXPECT_NE(std::string(status.message()).find(".none/receipts.jsonl"), std::string::npos);
}

TEST_F(ReceiptFileTest, RefusesWhatIsNoOrdinaryFile) {
  EXPECT_EQ(ReceiptFile::Open("/dev/full").status(),
            absl::FailedPreconditionError("/dev/full: is not an ordinary file, so it cannot keep receipts"));
}

TEST_F(ReceiptFileTest, ReportsAFullDiskAndIsWholeWhenOpenedAgain) {
  {
    absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
    ASSERT_TRUE(file.ok());
    const FullDisk disk(LineOf(1).size() + 10);
    EXPECT_FALSE(file->Append({ReceiptNumber(1), ReceiptNumber(2)}).ok());
    EXPECT_FALSE(file->Append({ReceiptNumber(3)}).ok());
  }
  absl::StatusOr<ReceiptFile> file = ReceiptFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append({ReceiptNumber(1), ReceiptNumber(2)}).ok());
  EXPECT_EQ(Content(), LineOf(1) + LineOf(2));
}

}  // namespace
}  // namespace envej::region
