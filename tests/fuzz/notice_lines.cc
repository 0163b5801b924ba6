// A ward's file of notices, and lines of receipts.

#include <google/protobuf/util/json_util.h>

#include <sstream>

#include "envej/v1/receipt.pb.h"
#include "region-client/notice_file.h"
#include "region-client/receipt_beginning.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr char kNotice[] =
    R"({"envelope": {"municipalityCode": "0101", "noticeId": "5f0a8f4e-9d3c-4b7a-8c21-2f6d8a0b1c3d",)"
    R"("createdAt": "2027-01-15T07:30:00Z", "dischargeDate": "2027-01-16",)"
    R"("consent": {"contact": {"givenOn": "2027-01-10", "form": "CONSENT_FORM_WRITTEN"},)"
    R"("disclosure": {"givenOn": "2027-01-10", "form": "CONSENT_FORM_ORAL_RECORDED"}},)"
    R"("criteria": {"aged18OrOver": true, "mentalIllness": true,)"
    R"("dischargedFromRegionalPsychiatry": true, "noSupportUnderServiceloven": true}},)"
    R"("citizen": {"name": "Opdigtet Borger", "phoneNumbers": ["+45 20 00 00 01"]}})";

std::string ReceiptLine() {
  v1::Receipt receipt;
  receipt.set_region_code("1084");
  receipt.set_municipality_code("0101");
  receipt.set_notice_id("5f0a8f4e-9d3c-4b7a-8c21-2f6d8a0b1c3d");
  receipt.set_revision(1);
  receipt.mutable_accepted_at()->set_seconds(1'800'000'000);
  receipt.mutable_position()->set_store_incarnation("0123456789abcdef0123456789abcdef");
  receipt.mutable_inclusion()->add_path(std::string(32, 'p'));
  std::string line;
  ENVEJ_FUZZ_CHECK(google::protobuf::util::MessageToJsonString(receipt, &line).ok());
  return line;
}

}  // namespace

void Try(absl::string_view bytes) {
  std::istringstream input{std::string(bytes)};
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const auto file = region::ReadNotices(input, contract::Moment::At(now, absl::UTCTimeZone()));
  if (file.ok()) {
    for (const region::NoticeEntry& entry : file->notices) ENVEJ_FUZZ_CHECK(!entry.lines.empty());
    for (const region::RefusedLine& refused : file->refused) {
      ENVEJ_FUZZ_CHECK(refused.line > 0 && !refused.refusal.reason.empty());
      ENVEJ_FUZZ_CHECK(!refused.lacks_consent || refused.notice_id.empty());
    }
  }
  region::IsReceiptBeginning(bytes);
  // Wherever a crash cuts a receipt's line, what is left is known for its beginning.
  static const std::string line = ReceiptLine();
  if (!bytes.empty()) {
    const size_t cut = 1 + static_cast<unsigned char>(bytes[0]) * line.size() / 256;
    ENVEJ_FUZZ_CHECK(region::IsReceiptBeginning(absl::string_view(line).substr(0, cut)));
  }
}

std::vector<std::string> Seeds() {
  const std::string notice = kNotice;
  return {notice + "\n", notice + "\n" + notice + "\r\n\n{}\n", ReceiptLine(), "[1, {\"a\": null}]\n"};
}

}  // namespace envej::fuzz
