#include "region-client/submission_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "envej/v1/intake_service.pb.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/receipt.h"
#include "tests/region-client/support/notice_lines.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<NoticeEntry> Notices(unsigned count) {
  std::vector<NoticeEntry> entries;
  for (unsigned i = 0; i < count; ++i) entries.push_back({.lines = {i + 1}, .notice = NoticeNumber(i, absl::Now())});
  return entries;
}

size_t RequestBytes(absl::Span<const NoticeEntry> notices, const Batch& batch) {
  v1::SubmitNoticesRequest request;
  for (size_t i = batch.first; i < batch.last; ++i) *request.add_notices() = notices[i].notice;
  return request.ByteSizeLong();
}

v1::Receipt ReceiptFor(const v1::Notice& notice) {
  contract::Receipt receipt{.region_code = "1081",
                            .origin = "",
                            .municipality_code = notice.envelope().municipality_code(),
                            .notice_id = notice.envelope().notice_id(),
                            .revision = 1,
                            .accepted_at = absl::FromUnixSeconds(1'800'000'000),
                            .actor = std::string(32, 'a'),
                            .commitment = {.key_id = "k", .value = std::string(32, 'c')},
                            .position = {.store_incarnation = std::string(16, 's'), .broker = "b", .batch = 1},
                            .inclusion = {}};
  const std::vector<std::string> events = {contract::AcceptedEvent(receipt), "other"};
  receipt.inclusion = contract::MerkleTree(events).Prove(0);
  return contract::ToMessage(receipt);
}

TEST(SplitIntoBatchesTest, HoldsNoMoreNoticesThanAllowed) {
  const std::vector<NoticeEntry> notices = Notices(1001);
  EXPECT_THAT(SplitIntoBatches(notices, 500, contract::kBatchBytes),
              ElementsAre(Batch{0, 500}, Batch{500, 1000}, Batch{1000, 1001}));
  EXPECT_THAT(SplitIntoBatches({}, 500, contract::kBatchBytes), IsEmpty());
}

TEST(SplitIntoBatchesTest, FillsBatchesToTheLastByteAndNoFurther) {
  const std::vector<NoticeEntry> notices = Notices(40);
  const size_t bytes_of_ten = RequestBytes(notices, {10, 20});
  for (const Batch& batch : SplitIntoBatches(notices, 500, bytes_of_ten)) {
    EXPECT_LE(RequestBytes(notices, batch), bytes_of_ten);
    if (batch.last < notices.size()) {
      EXPECT_GT(RequestBytes(notices, {batch.first, batch.last + 1}), bytes_of_ten);
    }
  }
  EXPECT_EQ(SplitIntoBatches(absl::MakeSpan(notices).subspan(10, 10), 500, bytes_of_ten).size(), 1U);
  EXPECT_EQ(SplitIntoBatches(absl::MakeSpan(notices).subspan(10, 10), 500, bytes_of_ten - 1).size(), 2U);
}

TEST(SplitIntoBatchesTest, ALargeNoticeStandsAlone) {
  EXPECT_THAT(SplitIntoBatches(Notices(3), 500, 10), ElementsAre(Batch{0, 1}, Batch{1, 2}, Batch{2, 3}));
}

TEST(CheckReceiptForTest, AcceptsTheReceiptOfTheNotice) {
  const v1::Notice notice = NoticeNumber(1, absl::Now());
  EXPECT_TRUE(CheckReceiptFor(ReceiptFor(notice), notice).ok());
}

TEST(CheckReceiptForTest, RefusesTheReceiptOfAnother) {
  const v1::Notice notice = NoticeNumber(1, absl::Now());
  EXPECT_FALSE(CheckReceiptFor(ReceiptFor(NoticeNumber(2, absl::Now())), notice).ok());
  v1::Notice elsewhere = notice;
  elsewhere.mutable_envelope()->set_municipality_code("0147");
  EXPECT_FALSE(CheckReceiptFor(ReceiptFor(elsewhere), notice).ok());
  v1::Notice revised = notice;
  revised.mutable_envelope()->set_revision(2);
  EXPECT_FALSE(CheckReceiptFor(ReceiptFor(notice), revised).ok());
}

TEST(CheckReceiptForTest, RefusesAReceiptThatProvesNothing) {
  const v1::Notice notice = NoticeNumber(1, absl::Now());
  v1::Receipt changed = ReceiptFor(notice);
  changed.mutable_content_commitment()->set_value(std::string(32, 'd'));
  EXPECT_FALSE(CheckReceiptFor(changed, notice).ok());
  v1::Receipt bare = ReceiptFor(notice);
  bare.clear_inclusion();
  EXPECT_FALSE(CheckReceiptFor(bare, notice).ok());
}

}  // namespace
}  // namespace envej::region
