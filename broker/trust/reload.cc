#include "broker/trust/reload.h"

#include <utility>

#include "certs/file_stamp.h"

namespace envej::trust {

Reload::Reload(const TrustFiles& first, CurrentTrust& in_force, certs::ReplaceableCredentials& credentials,
               Options options)
    : options_(std::move(options)),
      in_force_(in_force),
      credentials_(credentials),
      paths_(first.paths),
      read_stamp_(first.stamp),
      seen_stamp_(first.stamp) {
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
    Look(at_once);
    options_.looked(*in_force_.Get());
  }
}

void Reload::Look(bool at_once) {
  const std::string stamp = certs::StampOf(paths_);
  const bool settled = stamp == std::exchange(seen_stamp_, stamp);
  const bool changed = stamp != read_stamp_;
  unsettled_looks_ = settled ? 0 : unsettled_looks_ + 1;
  ++looks_since_read_;
  const bool try_again = !last_.ok() && looks_since_read_ >= kLooksUntilTriedAgain;
  const bool due = changed && (settled || unsettled_looks_ >= kUnsettledLooks);
  if (!due && !try_again && !at_once) return;
  read_stamp_ = stamp;
  unsettled_looks_ = 0;
  looks_since_read_ = 0;
  ReadAgain();
}

void Reload::ReadAgain() {
  const absl::StatusOr<TrustFiles> read = options_.read();
  const absl::Status taken = read.ok() ? Take(*read) : read.status();
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
  paths_ = read.paths;
  read_stamp_ = read.stamp;
  options_.taken(read);
  return absl::OkStatus();
}

}  // namespace envej::trust
