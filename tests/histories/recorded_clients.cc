#include "tests/histories/recorded_clients.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/status_codec.h"
#include "tests/support/broker_process.h"
#include "tests/support/notice_messages.h"

namespace envej::histories {
namespace {

using contract::Reason;

constexpr absl::Duration kCall = absl::Seconds(5);
constexpr absl::Duration kConnect = absl::Seconds(1);
constexpr int kContents = 3;
constexpr uint32_t kRevisions = 4;
constexpr int kShortLease = 5;
constexpr int kLongLease = 600;
constexpr char kCode[] = "0101";

// Every history's notices were made at the same time, so that only what a call says differs.
v1::Notice NoticeOf(const std::string& id, uint32_t revision, int content) {
  static const v1::Notice like = support::NewNotice(kCode);
  v1::Notice notice = like;
  notice.mutable_envelope()->set_notice_id(id);
  notice.mutable_envelope()->set_revision(revision);
  notice.mutable_citizen()->set_name(absl::StrCat("Prove ", std::string(static_cast<size_t>(content), 'a')));
  return notice;
}

int ContentOf(const v1::Notice& notice) {
  return static_cast<int>(std::count(notice.citizen().name().begin(), notice.citizen().name().end(), 'a'));
}

std::string PlaceOf(const v1::Receipt& receipt) {
  return absl::StrCat(receipt.position().batch(), "/", receipt.position().event_index());
}

Answer AnswerFor(Reason reason) {
  switch (reason) {
    case Reason::kNoticeIdReused:
      return Answer::kReused;
    case Reason::kNoticeNotFound:
      return Answer::kNotFound;
    case Reason::kRevisionStale:
      return Answer::kStale;
    case Reason::kNoticeWithdrawn:
      return Answer::kWithdrawn;
    case Reason::kNoticeRevised:
      return Answer::kRevised;
    case Reason::kLeaseNotHeld:
    case Reason::kLeaseExpired:
    case Reason::kLeaseSuperseded:
      return Answer::kNotHeld;
    case Reason::kNoticeAlreadyAcknowledged:
      return Answer::kAcknowledged;
    case Reason::kNoticeAlreadyReturned:
      return Answer::kReturned;
    case Reason::kBrokerBusy:
    case Reason::kBrokerStopping:
    case Reason::kNone:
      return Answer::kNone;
    default:
      ADD_FAILURE() << "refused as " << contract::Describe(reason).name;
      return Answer::kNone;
  }
}

Answer AnswerOf(const grpc::Status& status) {
  return status.ok() ? Answer::kDone : AnswerFor(contract::FromGrpcStatus(status).reason);
}

// A connection to a broker that serves, so that a call which is not answered has reached it; nothing if there is none
// for a while.
std::shared_ptr<grpc::Channel> Connect(const std::string& address, const char* uri) {
  const auto channel = support::OpenChannel(address, support::CredentialsFor({uri}));
  return channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kConnect)) ? channel : nullptr;
}

bool IsLost(const grpc::Status& status) { return AnswerOf(status) == Answer::kNone; }

}  // namespace

History::History(size_t notices) {
  for (size_t count = 0; count < notices; ++count) ids_.push_back(support::NewNoticeId());
}

void History::Record(const std::string& id, Call call) {
  const std::lock_guard lock(mutex_);
  calls_[id].push_back(std::move(call));
}

void History::RecordLostPull(const Call& call) {
  const std::lock_guard lock(mutex_);
  ++lost_pulls_;
  for (const std::string& id : ids_) {
    Call lost = call;
    lost.token = absl::StrCat("lost-", lost_pulls_);
    calls_[id].push_back(std::move(lost));
  }
}

void History::Show(const v1::LeaseName& lease) {
  const std::lock_guard lock(mutex_);
  shown_.push_back(lease);
}

std::vector<v1::LeaseName> History::Shown(std::mt19937& random, size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<v1::LeaseName> leases;
  for (size_t count = std::min(most, shown_.size()); count > 0; --count) {
    leases.push_back(shown_[random() % shown_.size()]);
  }
  return leases;
}

std::map<std::string, std::vector<Call>> History::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

size_t History::answered() const {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [id, calls] : calls_) {
    count += static_cast<size_t>(
        std::count_if(calls.begin(), calls.end(), [](const Call& call) { return call.answer != Answer::kNone; }));
  }
  return count;
}

size_t History::unanswered() const {
  const size_t known = answered();
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [id, calls] : calls_) count += calls.size();
  return count - known;
}

RecordedWard::RecordedWard(History& history, std::string address, int client)
    : history_(history), address_(std::move(address)), client_(client), random_(std::random_device()()) {}

void RecordedWard::CallOnce() {
  if (stub_ == nullptr) {
    const std::shared_ptr<grpc::Channel> channel = Connect(address_, support::kRegion);
    if (channel == nullptr) return;
    stub_ = v1::IntakeService::NewStub(channel);
  }
  const std::string& id = history_.ids()[random_() % history_.ids().size()];
  Call call{.client = client_, .kind = CallKind::kSubmit};
  call.content = 1 + static_cast<int>(random_() % kContents);
  const auto chance = random_() % 10;
  if (chance >= 5) call.revision = 2 + static_cast<uint32_t>(random_() % (kRevisions - 1));
  if (chance >= 5) call.kind = chance == 9 ? CallKind::kWithdraw : CallKind::kRevise;
  const v1::Notice notice = NoticeOf(id, call.revision, call.content);
  grpc::Status status;
  v1::Receipt receipt;
  const auto context = support::CallContext(kCall);
  call.begin = absl::Now();
  if (call.kind == CallKind::kSubmit) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse answer;
    status = stub_->SubmitNotice(context.get(), request, &answer);
    receipt = answer.receipt();
  } else if (call.kind == CallKind::kRevise) {
    v1::ReviseNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::ReviseNoticeResponse answer;
    status = stub_->ReviseNotice(context.get(), request, &answer);
    receipt = answer.receipt();
  } else {
    call.content = 0;
    v1::WithdrawNoticeRequest request;
    *request.mutable_withdrawal() = support::WithdrawalOf(notice);
    request.mutable_withdrawal()->set_revision(call.revision);
    v1::WithdrawNoticeResponse answer;
    status = stub_->WithdrawNotice(context.get(), request, &answer);
    receipt = answer.receipt();
  }
  call.end = absl::Now();
  call.answer = AnswerOf(status);
  if (call.answer == Answer::kDone) call.receipt = PlaceOf(receipt);
  if (IsLost(status)) stub_.reset();
  history_.Record(id, std::move(call));
}

RecordedTeam::RecordedTeam(History& history, std::string address, int client)
    : history_(history), address_(std::move(address)), client_(client), random_(std::random_device()()) {}

void RecordedTeam::CallOnce() {
  if (stub_ == nullptr) {
    const std::shared_ptr<grpc::Channel> channel = Connect(address_, support::kMunicipality);
    if (channel == nullptr) return;
    stub_ = v1::InboxService::NewStub(channel);
  }
  const auto chance = random_() % 10;
  if (own_.empty() || chance < 3) return Pull();
  // Its own leases, all or the newest; or whatever anybody ever had.
  std::vector<v1::LeaseName> leases = {own_.back()};
  if (chance < 5) leases = history_.Shown(random_, 2);
  if (chance >= 5) own_.pop_back();
  if (chance == 9) return Return(leases);
  Acknowledge(leases);
}

void RecordedTeam::Pull() {
  v1::PullNoticesRequest request;
  request.set_municipality_code(kCode);
  request.set_max_notices(1 + static_cast<int>(random_() % 3));
  const int lease = random_() % 4 == 0 ? kLongLease : kShortLease;
  request.mutable_lease_duration()->set_seconds(lease);
  v1::PullNoticesResponse pulled;
  Call call{.client = client_, .kind = CallKind::kLease, .lease = absl::Seconds(lease)};
  call.begin = absl::Now();
  const grpc::Status status = stub_->PullNotices(support::CallContext(kCall).get(), request, &pulled);
  call.end = absl::Now();
  call.answer = AnswerOf(status);
  if (call.answer == Answer::kNone) {
    stub_.reset();
    return history_.RecordLostPull(call);
  }
  for (const v1::InboxItem& item : pulled.items()) {
    Call leased = call;
    leased.revision = item.lease().name().revision();
    leased.token = item.lease().name().token();
    const bool is_withdrawal = item.kind() == v1::ITEM_KIND_WITHDRAWAL;
    leased.content = is_withdrawal ? 0 : ContentOf(support::Opened(item, pulled));
    history_.Record(item.lease().name().notice_id(), std::move(leased));
    history_.Show(item.lease().name());
    own_.push_back(item.lease().name());
  }
}

template <typename Response, typename Send, typename IsDone>
void RecordedTeam::Conclude(const std::vector<v1::LeaseName>& leases, Call call, const Send& send,
                            const IsDone& is_done) {
  Response answer;
  call.begin = absl::Now();
  const grpc::Status status = send(support::CallContext(kCall).get(), answer);
  call.end = absl::Now();
  if (IsLost(status)) stub_.reset();
  for (int index = 0; index < static_cast<int>(leases.size()); ++index) {
    const v1::LeaseName& lease = leases[static_cast<size_t>(index)];
    call.revision = lease.revision();
    call.token = lease.token();
    call.answer = AnswerOf(status);
    if (status.ok() && !is_done(answer.results(index))) {
      call.answer = AnswerFor(contract::FromMessage(answer.results(index).rejected()).reason);
    }
    history_.Record(lease.notice_id(), call);
  }
}

void RecordedTeam::Acknowledge(const std::vector<v1::LeaseName>& leases) {
  v1::AcknowledgeNoticesRequest request;
  request.set_municipality_code(kCode);
  for (const v1::LeaseName& lease : leases) *request.add_leases() = lease;
  Conclude<v1::AcknowledgeNoticesResponse>(
      leases, {.client = client_, .kind = CallKind::kAcknowledge},
      [&](auto* context, auto& answer) { return stub_->AcknowledgeNotices(context, request, &answer); },
      [](const auto& result) { return result.has_acknowledged_at(); });
}

void RecordedTeam::Return(const std::vector<v1::LeaseName>& leases) {
  const auto reason = random_() % 2 == 0 ? v1::RETURN_REASON_NOT_RESIDENT : v1::RETURN_REASON_DECEASED;
  v1::ReturnNoticesRequest request;
  request.set_municipality_code(kCode);
  for (const v1::LeaseName& lease : leases) {
    v1::NoticeReturn& one = *request.add_returns();
    *one.mutable_lease() = lease;
    one.set_reason(reason);
  }
  Conclude<v1::ReturnNoticesResponse>(
      leases, {.client = client_, .kind = CallKind::kReturn, .content = reason},
      [&](auto* context, auto& answer) { return stub_->ReturnNotices(context, request, &answer); },
      [](const auto& result) { return result.has_returned_at(); });
}

}  // namespace envej::histories
