#ifndef ENVEJ_TESTS_REGION_CLIENT_SUPPORT_NOTICE_LINES_H_
#define ENVEJ_TESTS_REGION_CLIENT_SUPPORT_NOTICE_LINES_H_

#include <string>

#include "absl/time/time.h"
#include "envej/v1/notice.pb.h"

namespace envej::region {

// A random UUID in form, the same for the same number.
std::string NoticeIdNumber(unsigned number);

// A proper notice of an invented citizen, made just before `now`.
v1::Notice NoticeNumber(unsigned number, absl::Time now);

// The same as a line of a file, with its end.
std::string LineNumber(unsigned number, absl::Time now);
std::string ToLine(const v1::Notice& notice);

// `text` with every `from` replaced; the test fails if there is none.
std::string Replaced(const std::string& text, const std::string& from, const std::string& to);

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_SUPPORT_NOTICE_LINES_H_
