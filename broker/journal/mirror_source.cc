// The journal that lies in one folder of a mirror, read as it stands.

#include <algorithm>
#include <array>
#include <utility>

#include "broker/journal/journal_source.h"
#include "broker/store/record_codec.h"
#include "proto/contract/batch_header.h"
#include "proto/contract/byte_codec.h"

namespace envej::journal {
namespace {

constexpr size_t kLengthBytes = 4;

// The entries of one journal file.
class JournalFileReader {
 public:
  explicit JournalFileReader(OpenedMirrorFile file) : file_(std::move(file)) {}

  struct Entry {
    std::string value;
    bool whole = false;  // false: the rest of the file cannot be read
  };
  // Nothing at the end of the file.
  absl::StatusOr<std::optional<Entry>> Next() {
    std::array<char, kLengthBytes> length_bytes{};
    const size_t length_read = std::fread(length_bytes.data(), 1, length_bytes.size(), file_.get());
    if (std::ferror(file_.get()) != 0) return absl::UnavailableError("the mirror cannot be read");
    if (length_read == 0) return std::optional<Entry>();
    contract::ByteReader reader(absl::string_view(length_bytes.data(), length_read));
    const uint32_t length = reader.Uint32();
    if (!reader.ok() || length > kRecordBytes) return std::optional<Entry>(Entry());
    Entry entry{.value = std::string(length, '\0'), .whole = true};
    const size_t read = std::fread(entry.value.data(), 1, length, file_.get());
    if (std::ferror(file_.get()) != 0) return absl::UnavailableError("the mirror cannot be read");
    if (read < length) return std::optional<Entry>(Entry());
    return std::optional<Entry>(std::move(entry));
  }

 private:
  const OpenedMirrorFile file_;
};

// What a stored record says it is.
std::optional<uint64_t> NumberIn(absl::string_view value) {
  const absl::StatusOr<store::Framed> framed = store::Unframe(value, 0xff);
  if (!framed.ok()) return std::nullopt;
  contract::ByteReader reader(framed->payload);
  const std::optional<contract::BatchHeader> header = contract::ReadBatchHeader(reader);
  if (!header) return std::nullopt;
  return header->batch;
}

class MirrorSource : public JournalSource {
 public:
  MirrorSource(std::string folder, std::vector<MirroredRange> journals, std::vector<MirroredRange> checkpoints)
      : folder_(std::move(folder)), journals_(std::move(journals)), checkpoints_(std::move(checkpoints)) {}

  absl::StatusOr<std::optional<StoredValue>> NextRecord() override {
    while (true) {
      if (file_ == nullptr) {
        if (next_journal_ == journals_.size()) return std::optional<StoredValue>();
        range_ = journals_[next_journal_++];
        place_ = range_.first_batch;
        absl::StatusOr<OpenedMirrorFile> file = OpenMirrorFile(JournalFile(folder_, range_));
        if (!file.ok()) return absl::UnavailableError(file.status().message());
        file_ = std::make_unique<JournalFileReader>(*std::move(file));
      }
      absl::StatusOr<std::optional<JournalFileReader::Entry>> entry = file_->Next();
      if (!entry.ok()) return entry.status();
      if (!entry->has_value()) {
        file_.reset();
        continue;
      }
      if (!(*entry)->whole) file_.reset();
      // What stands after the range's last is the last's second, whatever it is.
      const uint64_t here = std::min(place_, range_.last_batch);
      const uint64_t number = NumberIn((*entry)->value).value_or(here);
      place_ = (number >= range_.first_batch && number <= range_.last_batch ? number : here) + 1;
      return std::optional<StoredValue>(StoredValue{.batch = place_ - 1, .value = std::move((*entry)->value)});
    }
  }

  absl::StatusOr<std::optional<StoredValue>> NextCheckpoint() override {
    if (next_checkpoint_ == checkpoints_.size()) return std::optional<StoredValue>();
    const MirroredRange range = checkpoints_[next_checkpoint_++];
    absl::StatusOr<std::optional<std::string>> value =
        ReadMirrorFile(CheckpointFile(folder_, range), kCheckpointFileBytes);
    if (absl::IsUnavailable(value.status())) return value.status();
    std::string bytes = value.ok() ? (*std::move(value)).value_or("") : "";
    return std::optional<StoredValue>(StoredValue{.batch = range.last_batch, .value = std::move(bytes)});
  }

 private:
  const std::string folder_;
  const std::vector<MirroredRange> journals_;
  const std::vector<MirroredRange> checkpoints_;
  size_t next_journal_ = 0;
  size_t next_checkpoint_ = 0;
  std::unique_ptr<JournalFileReader> file_;
  MirroredRange range_;
  uint64_t place_ = 0;  // of the next entry, if each stands in its place
};

}  // namespace

absl::StatusOr<std::unique_ptr<JournalSource>> SourceOfMirror(const std::string& folder, uint64_t from_batch) {
  // In this order: whoever is mirrored meanwhile has a journal before it has a checkpoint.
  absl::StatusOr<std::vector<MirroredRange>> checkpoints = ListCheckpoints(folder);
  if (!checkpoints.ok()) return checkpoints.status();
  absl::StatusOr<std::vector<MirroredRange>> journals = ListJournals(folder);
  if (!journals.ok()) return journals.status();
  uint64_t end = 0;
  for (const MirroredRange& range : *checkpoints) end = std::max(end, range.last_batch);
  const auto ends_before = [&](const MirroredRange& range) { return range.last_batch < from_batch; };
  std::erase_if(*checkpoints, ends_before);
  std::erase_if(*journals, [&](const MirroredRange& range) { return range.first_batch > end || ends_before(range); });
  return std::make_unique<MirrorSource>(folder, *std::move(journals), *std::move(checkpoints));
}

std::optional<std::string> FindInMirror(const std::string& folder, uint64_t batch) {
  const absl::StatusOr<std::vector<MirroredRange>> journals = ListJournals(folder);
  if (!journals.ok()) return std::nullopt;
  for (const MirroredRange& range : *journals) {
    if (batch < range.first_batch || batch > range.last_batch) continue;
    absl::StatusOr<OpenedMirrorFile> opened = OpenMirrorFile(JournalFile(folder, range));
    if (!opened.ok()) continue;
    JournalFileReader file(*std::move(opened));
    while (true) {
      absl::StatusOr<std::optional<JournalFileReader::Entry>> entry = file.Next();
      if (!entry.ok() || !entry->has_value() || !(*entry)->whole) break;
      if (NumberIn((*entry)->value) == batch) return std::move((*entry)->value);
    }
  }
  return std::nullopt;
}

}  // namespace envej::journal
