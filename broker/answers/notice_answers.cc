#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/answers/broker_answers.h"
#include "broker/answers/notice_messages.h"
#include "broker/answers/notice_page_token.h"
#include "proto/contract/rejection.h"

namespace envej {
namespace {

using contract::Reason;

// Whether the store has any notice of these, of one municipality's where it is named.
absl::StatusOr<bool> HasAny(const inbox::Inboxes& inboxes, const std::string& municipality_code,
                            const std::string& region_code) {
  const absl::StatusOr<std::vector<inbox::Parties>> parties = inboxes.ListParties(municipality_code);
  if (!parties.ok()) return parties.status();
  return std::any_of(parties->begin(), parties->end(), [&](const inbox::Parties& each) {
    return region_code.empty() || region_code == each.region_code;
  });
}

}  // namespace

absl::Status BrokerAnswers::CheckMunicipality(const std::string& municipality_code) {
  if (parts_.trust.Get()->participants().FindMunicipality(municipality_code) != nullptr) return absl::OkStatus();
  const absl::StatusOr<bool> has_any = HasAny(parts_.inboxes, municipality_code, "");
  if (!has_any.ok()) return has_any.status();
  return *has_any ? absl::OkStatus() : contract::Refusal(Reason::kMunicipalityUnknown, "municipality_code");
}

absl::StatusOr<v1::ListOperationsNoticesResponse> BrokerAnswers::ListNotices(
    const v1::ListOperationsNoticesRequest& request) {
  const std::shared_ptr<const trust::Trust> trust = parts_.trust.Get();
  if (!request.municipality_code().empty()) {
    const absl::Status known = CheckMunicipality(request.municipality_code());
    if (!known.ok()) return known;
  }
  const absl::Time now = parts_.clock.Now();
  const absl::StatusOr<inbox::NoticeQuery> query = answers::ToQuery(request, now);
  if (!query.ok()) return query.status();
  if (!request.region_code().empty() && trust->participants().FindRegion(request.region_code()) == nullptr) {
    const absl::StatusOr<bool> has_any = HasAny(parts_.inboxes, "", request.region_code());
    if (!has_any.ok()) return has_any.status();
    if (!*has_any) return contract::Refusal(Reason::kParticipantUnknown, "region_code");
  }
  if (request.late_only()) return ListLate(request, *query);
  const absl::StatusOr<inbox::NoticePage> page = parts_.inboxes.ListAll(*query);
  if (!page.ok()) return page.status();
  v1::ListOperationsNoticesResponse answer;
  for (const inbox::FoundNotice& found : page->notices) *answer.add_notices() = answers::ToMessage(found, now);
  if (page->next.has_value()) answer.set_next_page_token(answers::EncodeNoticePageToken(request, *page->next));
  return answer;
}

// A look reads no more notices than a page has, each by its name.
absl::StatusOr<v1::ListOperationsNoticesResponse> BrokerAnswers::ListLate(
    const v1::ListOperationsNoticesRequest& request, const inbox::NoticeQuery& query) {
  std::optional<operations::LateNotice> after;
  if (!request.page_token().empty()) {
    after = answers::DecodeLatePageToken(request, request.page_token());
    if (!after.has_value()) return contract::Refusal(Reason::kPageTokenInvalid, "page_token");
  }
  const operations::LatePage page = parts_.board.ListLate(query.municipality_code, after, query.page_size);
  std::vector<store::NoticeKey> notices;
  for (const operations::LateNotice& late : page.notices) {
    if (query.region_code.empty() || query.region_code == late.notice.region_code) notices.push_back(late.notice);
  }
  const absl::StatusOr<std::vector<inbox::FoundNotice>> found = parts_.inboxes.Read(notices);
  if (!found.ok()) return found.status();
  v1::ListOperationsNoticesResponse answer;
  const absl::Time now = parts_.clock.Now();
  for (const inbox::FoundNotice& each : *found) {
    const bool is_meant = !each.record.has_value() || (inbox::IsLate(*each.record) && Matches(query, *each.record));
    if (is_meant) *answer.add_notices() = answers::ToMessage(each, now);
  }
  if (page.more) answer.set_next_page_token(answers::EncodeLatePageToken(request, page.notices.back()));
  answer.set_left_out(page.left_out);
  return answer;
}

absl::StatusOr<v1::TraceNoticeResponse> BrokerAnswers::TraceNotice(const v1::TraceNoticeRequest& request) {
  const std::optional<contract::NoticeId> id = contract::NoticeId::Parse(request.notice_id());
  if (!id.has_value()) return contract::Refusal(Reason::kNoticeIdNotRandomUuid, "notice_id");
  const absl::StatusOr<std::vector<inbox::FoundNotice>> found =
      parts_.inboxes.Find(*id, request.municipality_code(), request.region_code());
  if (!found.ok()) return found.status();
  if (found->empty()) return contract::Refusal(Reason::kNoticeNotFound);
  v1::TraceNoticeResponse answer;
  const absl::Time now = parts_.clock.Now();
  for (const inbox::FoundNotice& each : *found) *answer.add_traces() = answers::ToTrace(each, now);
  return answer;
}

}  // namespace envej
