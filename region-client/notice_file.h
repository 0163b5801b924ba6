#ifndef ENVEJ_REGION_CLIENT_NOTICE_FILE_H_
#define ENVEJ_REGION_CLIENT_NOTICE_FILE_H_

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "envej/v1/notice.pb.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/rejection.h"

namespace envej::region {

inline constexpr size_t kLineBytes = size_t{256} << 10;
inline constexpr size_t kFileNotices = 100'000;  // the whole country has about 13,000 a year

// Why a notice is not sent, or was refused by the broker. Never repeats what the notice says.
struct Refusal {
  std::string reason;  // a name of the contract, or LINE_TOO_LONG, LINE_NOT_JSON, FIELD_INVALID
  std::string text;
  std::vector<std::string> fields;  // paths, each once

  bool operator==(const Refusal&) const = default;
};

Refusal ToRefusal(const contract::Rejection& rejection);

// One good notice, normalised, and the lines that say it: the first and its identical repeats.
struct NoticeEntry {
  std::vector<size_t> lines;  // from 1, at least one
  v1::Notice notice;
  bool lacks_revision = false;  // a revision of which the line does not say the number: 2 stands for it
};

// One line that is not sent.
struct RefusedLine {
  size_t line = 0;
  std::string notice_id;          // empty where the line gives none that is one
  std::string municipality_code;  // likewise
  bool lacks_consent = false;     // the leaflet is to be handed out; there is no notice id then
  Refusal refusal;
};

struct NoticeFile {
  std::vector<NoticeEntry> notices;  // in order of their first line
  std::vector<RefusedLine> refused;  // in order
};

// The notice's text in Unicode normal form C, its phone numbers without spaces and hyphens, and contract version 1 and
// revision 1, or 2 of a revision, where they are absent.
void Normalise(v1::Notice& notice, contract::SentAs sent_as = contract::SentAs::kNew);

// The municipality's code, if the field holds one; otherwise nothing, since it could be a value that went astray.
std::string MunicipalityCodeOf(const v1::Notice& notice);

// Reads every line of `input` as proto3 JSON of envej.v1.Notice and checks it as of `now`, and as what it is to be
// sent, by every rule of the contract; blank lines and a byte order mark before the first line are skipped. The first
// good line with an id for a municipality counts: a later one that says something else is refused (NOTICE_ID_REUSED).
// RESOURCE_EXHAUSTED if there are more than kFileNotices lines; DATA_LOSS if reading fails.
absl::StatusOr<NoticeFile> ReadNotices(std::istream& input, const contract::Moment& now);

// Notices as lines say them, by no rule: normalised, their revision as it is said (0: not).
struct UnjudgedNotices {
  std::vector<v1::Notice> notices;
  size_t unreadable = 0;  // lines that hold none
};

// Reads every line of `input`, as ReadNotices does, and with its errors.
absl::StatusOr<UnjudgedNotices> ReadUnjudged(std::istream& input);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_NOTICE_FILE_H_
