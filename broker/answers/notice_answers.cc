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

using admission::Participants;
using contract::Reason;

// The codes to look among: the one asked for, or all.
template <typename Entries>
std::vector<std::string> CodesOf(const std::string& only, const Entries& entries) {
  if (!only.empty()) return {only};
  std::vector<std::string> codes;
  for (const auto& entry : entries) codes.push_back(entry.code);
  return codes;
}

bool IsKnown(const Participants& participants, const std::string& municipality_code, const std::string& region_code) {
  return (municipality_code.empty() || participants.FindMunicipality(municipality_code) != nullptr) &&
         (region_code.empty() || participants.FindRegion(region_code) != nullptr);
}

}  // namespace

absl::StatusOr<v1::ListOperationsNoticesResponse> BrokerAnswers::ListNotices(
    const v1::ListOperationsNoticesRequest& request) {
  const std::shared_ptr<const trust::Trust> trust = parts_.trust.Get();
  if (!IsKnown(trust->participants(), request.municipality_code(), "")) {
    return contract::Refusal(Reason::kMunicipalityUnknown, "municipality_code");
  }
  const absl::Time now = parts_.clock.Now();
  const absl::StatusOr<inbox::NoticeQuery> query = answers::ToQuery(request, now);
  if (!query.ok()) return query.status();
  if (!IsKnown(trust->participants(), "", request.region_code())) {
    return contract::Refusal(Reason::kParticipantUnknown, "region_code");
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
  const std::shared_ptr<const trust::Trust> trust = parts_.trust.Get();
  const Participants& participants = trust->participants();
  if (!IsKnown(participants, request.municipality_code(), request.region_code())) {
    return contract::Refusal(Reason::kNoticeNotFound);
  }
  const absl::StatusOr<std::vector<inbox::FoundNotice>> found =
      parts_.inboxes.Find(*id, CodesOf(request.municipality_code(), participants.municipalities()),
                          CodesOf(request.region_code(), participants.regions()));
  if (!found.ok()) return found.status();
  if (found->empty()) return contract::Refusal(Reason::kNoticeNotFound);
  v1::TraceNoticeResponse answer;
  const absl::Time now = parts_.clock.Now();
  for (const inbox::FoundNotice& each : *found) *answer.add_traces() = answers::ToTrace(each, now);
  return answer;
}

}  // namespace envej
