#include "broker/trust/trust.h"

#include <utility>

namespace envej::trust {
namespace {

// More certificates than participants have. Beyond it everybody is judged anew.
constexpr size_t kJudgedMost = 4096;

}  // namespace

Trust::Trust(Parts parts) : parts_(std::move(parts)), admission_(parts_.participants, parts_.copenhagen) {}

absl::StatusOr<certs::Identity> Trust::Identify(const certs::Certificate& certificate, absl::Time now) const {
  {
    const MutexLock lock(mutex_);
    const auto found = judged_.find(certificate.fingerprint());
    // A clock that was set back makes a judgement one of the future.
    if (found != judged_.end() && found->second.at <= now && now < found->second.at + kJudgedAnewAfter) {
      return found->second.who;
    }
  }
  const certs::RevocationSet* const revocations = parts_.revocations.has_value() ? &*parts_.revocations : nullptr;
  Judgement judgement{
      .who = parts_.authorities.Participant(certificate, parts_.participants.subjects(), now, revocations, now),
      .at = now};
  const MutexLock lock(mutex_);
  if (judged_.size() >= kJudgedMost) judged_.clear();
  return judged_.insert_or_assign(certificate.fingerprint(), std::move(judgement)).first->second.who;
}

}  // namespace envej::trust
