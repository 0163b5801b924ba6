#ifndef ENVEJ_BROKER_ANSWERS_NOTICE_PAGE_TOKEN_H_
#define ENVEJ_BROKER_ANSWERS_NOTICE_PAGE_TOKEN_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "broker/operations/late_index.h"
#include "broker/store/key_layout.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::answers {

// Where the next page of one list of notices starts, opaque to callers. A token of a list with other filters is none;
// the size of pages may change.
std::string EncodeNoticePageToken(const v1::ListOperationsNoticesRequest& filters, const store::NoticeKey& after);
std::optional<store::NoticeKey> DecodeNoticePageToken(const v1::ListOperationsNoticesRequest& filters,
                                                      absl::string_view token);
// The same of a list of what is late, which has another order.
std::string EncodeLatePageToken(const v1::ListOperationsNoticesRequest& filters, const operations::LateNotice& after);
std::optional<operations::LateNotice> DecodeLatePageToken(const v1::ListOperationsNoticesRequest& filters,
                                                          absl::string_view token);

}  // namespace envej::answers

#endif  // ENVEJ_BROKER_ANSWERS_NOTICE_PAGE_TOKEN_H_
