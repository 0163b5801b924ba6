#include "region-client/receipt_keeper.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/contract/json_line.h"

namespace envej::region {
namespace {

// The same file, by whatever names or links.
bool IsSame(const std::string& file, const std::string& receipts) {
  std::error_code ignored;  // a file that does not exist yet is no other
  return std::filesystem::equivalent(file == "-" ? "/dev/stdin" : file, receipts, ignored);
}

}  // namespace

absl::StatusOr<ReceiptKeeper> ReceiptKeeper::Open(const std::string& path, const std::string& input, OutputForm output,
                                                  const Streams& streams) {
  if (path.empty()) {
    const bool in_lines = output == OutputForm::kJson;
    return ReceiptKeeper(std::nullopt, in_lines ? nullptr : &streams.out, in_lines);
  }
  if (!input.empty() && IsSame(input, path)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": is the file of notices; name another file for the receipts"));
  }
  absl::StatusOr<ReceiptFile> opened = ReceiptFile::Open(path);
  if (!opened.ok()) return opened.status();
  return ReceiptKeeper(*std::move(opened), nullptr, /*in_lines=*/false);
}

absl::Status ReceiptKeeper::Keep(absl::Span<const std::pair<size_t, Outcome>> outcomes) {
  std::vector<v1::Receipt> receipts;
  for (const auto& [index, outcome] : outcomes) {
    if (outcome.kind == Outcome::Kind::kAccepted || outcome.kind == Outcome::Kind::kRepeated) {
      receipts.push_back(outcome.receipt);
    }
  }
  if (file_.has_value()) return file_->Append(receipts);
  if (out_ == nullptr) return absl::OkStatus();
  for (const v1::Receipt& receipt : receipts) *out_ << contract::ToJsonLine(receipt) << '\n';
  out_->flush();
  return out_->good() ? absl::OkStatus() : absl::DataLossError("standard output: cannot be written");
}

Outcome NotKept(const absl::Status& why) {
  return {.kind = Outcome::Kind::kNotKept,
          .receipt = {},
          .refusal = {.reason = "RECEIPT_NOT_KEPT",
                      .text = absl::StrCat("accepted, but its receipt could not be kept (", why.message(),
                                           "): run the same again to get it"),
                      .fields = {}}};
}

}  // namespace envej::region
