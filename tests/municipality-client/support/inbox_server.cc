#include "tests/municipality-client/support/inbox_server.h"

#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "tests/municipality-client/support/notices.h"

namespace envej::municipality_client {
namespace {

constexpr int kItemsDefault = 100;

absl::Duration LeaseOf(const google::protobuf::Duration& asked, bool present) {
  return present ? contract::FromMessage(asked) : contract::kLeaseDefault;
}

bool IsOver(v1::RejectionReason reason) {
  return reason == v1::REJECTION_REASON_NOTICE_REVISED || reason == v1::REJECTION_REASON_NOTICE_WITHDRAWN ||
         reason == v1::REJECTION_REASON_NOTICE_UNDELIVERED;
}

}  // namespace

InboxServer::InboxServer(std::shared_ptr<grpc::ServerCredentials> credentials) : credentials_(std::move(credentials)) {
  Listen(0);
}

InboxServer::~InboxServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
}

void InboxServer::Listen(int port) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), credentials_, &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
}

void InboxServer::Restart(absl::Duration pause) {
  const int port = port_;
  server_->Shutdown(std::chrono::system_clock::now());
  server_.reset();
  std::this_thread::sleep_for(absl::ToChronoMilliseconds(pause));
  Listen(port);
}

std::string InboxServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

const support::SealingWorld& InboxServer::World() {
  static const auto* const kWorld = new support::SealingWorld(kRegion, kMunicipality);
  return *kWorld;
}

void InboxServer::Add(const v1::Notice& notice, v1::ItemKind kind, uint32_t replaces_revision) {
  v1::InboxItem item;
  item.set_kind(kind);
  *item.mutable_notice() = notice.has_citizen() ? World().Seal(notice) : notice;
  item.set_replaces_revision(replaces_revision);
  Add(std::move(item), notice.envelope().notice_id(), notice.envelope().revision());
}

void InboxServer::AddWithdrawal(const v1::Withdrawal& withdrawal, uint32_t replaces_revision) {
  v1::InboxItem item;
  item.set_kind(v1::ITEM_KIND_WITHDRAWAL);
  *item.mutable_withdrawal() = withdrawal.has_sealed() ? withdrawal : World().Seal(withdrawal);
  item.set_replaces_revision(replaces_revision);
  Add(std::move(item), withdrawal.notice_id(), withdrawal.revision());
}

void InboxServer::Add(v1::InboxItem item, const std::string& notice_id, uint32_t revision) {
  {
    const std::lock_guard lock(mutex_);
    for (Item& before : items_) {
      const v1::LeaseName& name = before.item.lease().name();
      const bool under_way = before.state == State::kWaiting || before.state == State::kLeased;
      if (under_way && name.notice_id() == notice_id && name.revision() < revision) before.state = State::kReplaced;
    }
    Item& added = items_.emplace_back();
    added.item = std::move(item);
    v1::LeaseName& name = *added.item.mutable_lease()->mutable_name();
    name.set_region_code(kRegion);
    name.set_notice_id(notice_id);
    name.set_revision(revision);
    *added.item.mutable_accepted_at() = contract::ToMessage(absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())));
  }
  changed_.notify_all();
}

void InboxServer::AddSigner(const certs::Certificate& signer) {
  const std::lock_guard lock(mutex_);
  more_signers_.push_back(signer.der());
}

void InboxServer::FailNext(Method method, grpc::StatusCode code, Moment moment, int times) {
  const std::lock_guard lock(mutex_);
  failures_[method].insert(failures_[method].end(), static_cast<size_t>(times), {.code = code, .moment = moment});
}

void InboxServer::RejectNextAcknowledgement(v1::RejectionReason reason) {
  const std::lock_guard lock(mutex_);
  rejections_.push_back(reason);
}

void InboxServer::RejectNextReturn(v1::RejectionReason reason) {
  const std::lock_guard lock(mutex_);
  return_rejections_.push_back(reason);
}

void InboxServer::ExpireLeases() {
  {
    const std::lock_guard lock(mutex_);
    for (Item& item : items_) item.expires_at = absl::InfinitePast();
    ExpireDue();
  }
  changed_.notify_all();
}

void InboxServer::ExpireDue() {
  for (Item& item : items_) {
    if (item.state == State::kLeased && item.expires_at <= absl::Now()) item.state = State::kWaiting;
  }
}

InboxServer::Item* InboxServer::Find(const std::string& notice_id) {
  const auto found = std::find_if(items_.rbegin(), items_.rend(),
                                  [&](const Item& item) { return item.item.lease().name().notice_id() == notice_id; });
  return found == items_.rend() ? nullptr : &*found;
}

InboxServer::Item* InboxServer::Find(const v1::LeaseName& name) {
  Item* found = nullptr;
  for (Item& item : items_) {
    const v1::LeaseName& own = item.item.lease().name();
    if (own.notice_id() != name.notice_id() || own.revision() != name.revision()) continue;
    if (found == nullptr || item.token == name.token()) found = &item;
  }
  return found;
}

const InboxServer::Item* InboxServer::Find(const std::string& notice_id) const {
  return const_cast<InboxServer*>(this)->Find(notice_id);
}

InboxServer::State InboxServer::StateOf(const std::string& notice_id) const {
  const std::lock_guard lock(mutex_);
  return Find(notice_id)->state;
}

v1::ReturnReason InboxServer::ReturnReasonOf(const std::string& notice_id) const {
  const std::lock_guard lock(mutex_);
  return Find(notice_id)->return_reason;
}

int InboxServer::LeaseCountOf(const std::string& notice_id) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(Find(notice_id)->item.lease_count());
}

int InboxServer::CallsOf(Method method) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(method);
  return found == calls_.end() ? 0 : found->second;
}

int InboxServer::CountOf(State state) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(
      std::count_if(items_.begin(), items_.end(), [state](const Item& item) { return item.state == state; }));
}

bool InboxServer::WaitForCount(State state, int count) const {
  for (int tenths = 0; tenths < 100; ++tenths) {
    if (CountOf(state) == count) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

bool InboxServer::WaitForCalls(Method method, int count) const {
  for (int tenths = 0; tenths < 100; ++tenths) {
    if (CallsOf(method) >= count) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

bool InboxServer::Fails(Method method, Moment moment, grpc::Status& status) {
  std::deque<Failure>& failures = failures_[method];
  if (failures.empty() || failures.front().moment != moment) return false;
  // What a faulty broker might say is not to be repeated by the client.
  status = grpc::Status(failures.front().code, kMarkedName);
  failures.pop_front();
  return true;
}

v1::RejectionReason InboxServer::WhyNotHeld(const Item* item, const v1::LeaseName& name, State concluded) const {
  if (item == nullptr) return v1::REJECTION_REASON_NOTICE_NOT_FOUND;
  if (item->state == concluded && item->token == name.token()) return v1::REJECTION_REASON_UNSPECIFIED;
  if (item->state == State::kAcknowledged) return v1::REJECTION_REASON_NOTICE_ALREADY_ACKNOWLEDGED;
  if (item->state == State::kReturned) return v1::REJECTION_REASON_NOTICE_ALREADY_RETURNED;
  if (item->state == State::kReplaced) {
    return Find(name.notice_id())->item.has_withdrawal() ? v1::REJECTION_REASON_NOTICE_WITHDRAWN
                                                         : v1::REJECTION_REASON_NOTICE_REVISED;
  }
  if (item->token != name.token()) return v1::REJECTION_REASON_LEASE_SUPERSEDED;
  return item->state == State::kLeased ? v1::REJECTION_REASON_UNSPECIFIED : v1::REJECTION_REASON_LEASE_EXPIRED;
}

grpc::Status InboxServer::PullNotices(grpc::ServerContext* context, const v1::PullNoticesRequest* request,
                                      v1::PullNoticesResponse* response) {
  std::unique_lock lock(mutex_);
  ++calls_[Method::kPull];
  grpc::Status status;
  if (Fails(Method::kPull, Moment::kBefore, status)) return status;
  if (request->municipality_code() != kMunicipality) return grpc::Status(grpc::StatusCode::NOT_FOUND, kMarkedName);
  const absl::Time end = absl::Now() + contract::FromMessage(request->wait());
  const auto anything_waits = [this] {
    ExpireDue();
    return std::any_of(items_.begin(), items_.end(), [](const Item& item) { return item.state == State::kWaiting; });
  };
  while (!anything_waits() && absl::Now() < end && !stopping_ && !context->IsCancelled()) {
    changed_.wait_for(lock, std::chrono::milliseconds(50));
  }
  if (context->IsCancelled()) return grpc::Status::CANCELLED;
  const int most = request->max_notices() == 0 ? kItemsDefault : request->max_notices();
  for (Item& item : items_) {
    if (item.state != State::kWaiting || response->items_size() == most) continue;
    item.state = State::kLeased;
    item.token = absl::StrCat("token-", ++last_token_);
    item.expires_at = absl::Now() + LeaseOf(request->lease_duration(), request->has_lease_duration());
    item.item.set_lease_count(item.item.lease_count() + 1);
    item.item.mutable_lease()->mutable_name()->set_token(item.token);
    *item.item.mutable_lease()->mutable_expires_at() = contract::ToMessage(item.expires_at);
    *response->add_items() = item.item;
  }
  response->add_signer_certificates(World().signer().der());
  for (const std::string& der : more_signers_) response->add_signer_certificates(der);
  if (Fails(Method::kPull, Moment::kAfter, status)) return status;
  return grpc::Status::OK;
}

grpc::Status InboxServer::ExtendLeases(grpc::ServerContext*, const v1::ExtendLeasesRequest* request,
                                       v1::ExtendLeasesResponse* response) {
  const std::lock_guard lock(mutex_);
  ++calls_[Method::kExtend];
  grpc::Status status;
  if (Fails(Method::kExtend, Moment::kBefore, status)) return status;
  ExpireDue();
  for (const v1::LeaseName& name : request->leases()) {
    v1::ExtendLeaseResult& result = *response->add_results();
    *result.mutable_lease() = name;
    Item* const item = Find(name);
    const v1::RejectionReason why = WhyNotHeld(item, name, State::kLeased);
    if (why != v1::REJECTION_REASON_UNSPECIFIED) {
      result.mutable_rejected()->set_reason(why);
      continue;
    }
    item->expires_at = absl::Now() + LeaseOf(request->lease_duration(), request->has_lease_duration());
    *result.mutable_expires_at() = contract::ToMessage(item->expires_at);
  }
  return grpc::Status::OK;
}

grpc::Status InboxServer::AcknowledgeNotices(grpc::ServerContext*, const v1::AcknowledgeNoticesRequest* request,
                                             v1::AcknowledgeNoticesResponse* response) {
  const std::lock_guard lock(mutex_);
  ++calls_[Method::kAcknowledge];
  grpc::Status status;
  if (Fails(Method::kAcknowledge, Moment::kBefore, status)) return status;
  ExpireDue();
  const bool reject = !rejections_.empty();
  for (const v1::LeaseName& name : request->leases()) {
    v1::AcknowledgeNoticeResult& result = *response->add_results();
    *result.mutable_lease() = name;
    Item* const item = Find(name);
    const v1::RejectionReason why = reject ? rejections_.front() : WhyNotHeld(item, name, State::kAcknowledged);
    if (why != v1::REJECTION_REASON_UNSPECIFIED) {
      result.mutable_rejected()->set_reason(why);
      result.mutable_rejected()->set_message(kMarkedName);
      if (reject && item != nullptr) item->state = IsOver(why) ? State::kReplaced : State::kWaiting;
      continue;
    }
    item->state = State::kAcknowledged;
    *result.mutable_acknowledged_at() = contract::ToMessage(absl::Now());
  }
  if (reject) rejections_.pop_front();
  if (Fails(Method::kAcknowledge, Moment::kAfter, status)) return status;
  return grpc::Status::OK;
}

grpc::Status InboxServer::ReturnNotices(grpc::ServerContext*, const v1::ReturnNoticesRequest* request,
                                        v1::ReturnNoticesResponse* response) {
  const std::lock_guard lock(mutex_);
  ++calls_[Method::kReturn];
  grpc::Status status;
  if (Fails(Method::kReturn, Moment::kBefore, status)) return status;
  ExpireDue();
  const bool reject = !return_rejections_.empty();
  for (const v1::NoticeReturn& given : request->returns()) {
    v1::ReturnNoticeResult& result = *response->add_results();
    *result.mutable_lease() = given.lease();
    Item* const item = Find(given.lease());
    const v1::RejectionReason why =
        reject ? return_rejections_.front() : WhyNotHeld(item, given.lease(), State::kReturned);
    if (why != v1::REJECTION_REASON_UNSPECIFIED) {
      result.mutable_rejected()->set_reason(why);
      if (reject && item != nullptr) item->state = IsOver(why) ? State::kReplaced : State::kWaiting;
      continue;
    }
    item->state = State::kReturned;
    item->return_reason = given.reason();
    *result.mutable_returned_at() = contract::ToMessage(absl::Now());
  }
  if (reject) return_rejections_.pop_front();
  if (Fails(Method::kReturn, Moment::kAfter, status)) return status;
  return grpc::Status::OK;
}

}  // namespace envej::municipality_client
