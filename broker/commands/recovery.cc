#include "broker/commands/recovery.h"

#include <sys/stat.h>

#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "broker/commands/exit_codes.h"
#include "broker/commands/files.h"
#include "broker/commands/recovery_text.h"
#include "broker/options/broker_options.h"
#include "broker/recovery_mode.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_reader.h"

namespace envej::commands {
namespace {

using journal::RecoveryMark;

struct Restored {
  std::string data_directory;
  std::string store_incarnation;
  RecoveryMark mark;
};

absl::StatusOr<Restored> ReadRestored(const std::string& data_directory) {
  const absl::StatusOr<std::unique_ptr<store::RocksDbReader>> reader = store::RocksDbReader::Open(data_directory);
  if (!reader.ok()) return reader.status();
  const absl::StatusOr<std::optional<store::BatchHead>> head = (*reader)->Head();
  if (!head.ok()) return head.status();
  const absl::StatusOr<std::optional<std::string>> value = (*reader)->Get(store::RecoveryKey());
  if (!value.ok()) return value.status();
  if (!value->has_value() || !head->has_value()) {
    return absl::FailedPreconditionError("the store was never restored");
  }
  absl::StatusOr<RecoveryMark> mark = journal::DecodeRecoveryMark(**value);
  if (!mark.ok()) return mark.status();
  return Restored{
      .data_directory = data_directory, .store_incarnation = (*head)->store_incarnation, .mark = *std::move(mark)};
}

absl::Status WriteAcceptance(const Restored& restored) {
  const std::string path = AcceptancePath(restored.data_directory);
  const std::string making = path + ".new";
  if (absl::Status status = WriteSynced(making, AcceptanceOf(restored.store_incarnation)); !status.ok()) return status;
  if (absl::Status status = Rename(making, path); !status.ok()) return status;
  return store::SyncDirectory(restored.data_directory);
}

int Run(const RecoveryOptions& options, bool accept) {
  umask(077);
  const absl::StatusOr<options::BrokerOptions> broker = options::ReadBrokerOptions(options.config);
  if (!broker.ok()) return Refuse(kCopyConfigurationRefused, broker.status());
  const absl::StatusOr<Restored> restored = ReadRestored(broker->data_directory);
  if (!restored.ok()) {
    return Refuse(absl::IsFailedPrecondition(restored.status()) ? kCopyRefused : kCopyCannot, restored.status());
  }
  const bool json = options.output == "json";
  std::cout << (json ? ToJson(restored->mark) : ToText(restored->mark));
  if (accept) {
    if (restored->mark.end != RecoveryMark::End::kNotYet) {
      std::cout << std::flush;
      return Refuse(kCopyRefused, absl::FailedPreconditionError("the store is not recovering any more"));
    }
    if (absl::Status status = WriteAcceptance(*restored); !status.ok()) return Refuse(kCopyCannot, status);
    if (!json) std::cout << "accepted: pulls are served within a second, or from when the broker starts\n";
  }
  if (std::cout.flush().good()) return kCopyDone;
  return Refuse(kCopyCannot, absl::DataLossError("standard output cannot be written"));
}

}  // namespace

int ShowRecovery(const RecoveryOptions& options) { return Run(options, /*accept=*/false); }
int AcceptRecovery(const RecoveryOptions& options) { return Run(options, /*accept=*/true); }

}  // namespace envej::commands
