#include "broker/trust/reload.h"

#include <utility>

namespace envej::trust {

Reload::Reload(const TrustFiles& first, CurrentTrust& in_force, certs::ReplaceableCredentials& credentials,
               Options options)
    : options_(std::move(options)), in_force_(in_force), credentials_(credentials), changes_(first.paths, first.stamp) {
  thread_ = std::thread([this] { Run(); });
}

Reload::~Reload() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  wanted_.NotifyAll();
  thread_.join();
}

void Reload::Now() {
  {
    const MutexLock lock(mutex_);
    at_once_ = true;
  }
  wanted_.NotifyAll();
}

void Reload::Run() {
  while (true) {
    bool at_once = false;
    {
      const MutexLock lock(mutex_);
      if (!stopping_ && !at_once_) wanted_.WaitFor(mutex_, options_.look_every);
      if (stopping_) return;
      at_once = std::exchange(at_once_, false);
    }
    if (changes_.Look(at_once)) ReadAgain();
    options_.looked(*in_force_.Get());
  }
}

void Reload::ReadAgain() {
  const absl::StatusOr<TrustFiles> read = options_.read();
  const absl::Status taken = read.ok() ? Take(*read) : read.status();
  if (!taken.ok()) changes_.Refused();
  if (!taken.ok() && taken != last_) options_.broken(taken);
  last_ = taken;
}

absl::Status Reload::Take(const TrustFiles& read) {
  const std::shared_ptr<const Trust> before = in_force_.Get();
  if (before->revocations().has_value() && read.trust->revocations().has_value()) {
    const absl::Status newer = read.trust->revocations()->CheckNoOlderThan(*before->revocations());
    if (!newer.ok()) return newer;
  }
  const absl::Status replaced = credentials_.Replace(read.tls);
  if (!replaced.ok()) return replaced;
  in_force_.Replace(read.trust);
  changes_.Taken(read.paths, read.stamp);
  options_.taken(read);
  return absl::OkStatus();
}

}  // namespace envej::trust
