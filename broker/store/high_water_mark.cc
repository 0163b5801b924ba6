#include "broker/store/high_water_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"
#include "proto/contract/merkle_tree.h"

namespace envej::store {
namespace {

constexpr uint8_t kVersion = 2;
constexpr uint8_t kVersionWithoutEnd = 1;
constexpr size_t kSlots = 2;
constexpr off_t kSlotDistance = 4096;
constexpr size_t kSlotBytesWithoutEnd = 1 + 8 + kIncarnationBytes + 8 + contract::kHashBytes + 8 + 4;
constexpr size_t kSlotBytes = kSlotBytesWithoutEnd + 1;
static_assert(kSlotBytes < 512, "a slot lies within one sector");

struct Slot {
  uint64_t turn = 0;
  HighWaterMark mark;
};

absl::Status Failed(absl::string_view what, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
}

class OpenFile {
 public:
  explicit OpenFile(int file) : file_(file) {}
  ~OpenFile() {
    if (file_ >= 0) close(file_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int get() const { return file_; }
  int Release() { return std::exchange(file_, -1); }

 private:
  int file_;
};

std::string EncodeSlot(const Slot& slot) {
  contract::ByteWriter payload;
  payload.Uint64(slot.turn);
  payload.Raw(slot.mark.store_incarnation);
  payload.Uint64(slot.mark.batch);
  payload.Raw(slot.mark.hash);
  payload.Uint64(slot.mark.epoch);
  payload.Uint8(slot.mark.is_end ? 1 : 0);
  return Frame(kVersion, payload.bytes());
}

absl::StatusOr<Slot> DecodeSlot(absl::string_view value) {
  if (!value.empty() && value.front() == kVersionWithoutEnd) value = value.substr(0, kSlotBytesWithoutEnd);
  const absl::StatusOr<Framed> framed = Unframe(value, kVersion);
  if (!framed.ok()) return framed.status();
  contract::ByteReader reader(framed->payload);
  Slot slot;
  slot.turn = reader.Uint64();
  slot.mark.store_incarnation = reader.Raw(kIncarnationBytes);
  slot.mark.batch = reader.Uint64();
  slot.mark.hash = reader.Raw(contract::kHashBytes);
  slot.mark.epoch = reader.Uint64();
  if (framed->version > kVersionWithoutEnd) slot.mark.is_end = reader.Uint8() != 0;
  if (!reader.AtEnd()) return absl::DataLossError("a slot of the high-water mark is malformed");
  return slot;
}

off_t PlaceOf(uint64_t turn) { return static_cast<off_t>(turn % kSlots) * kSlotDistance; }

absl::Status WriteAt(int file, absl::string_view bytes, off_t place) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file, bytes.data(), bytes.size(), place);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failed("write", "the high-water mark");
    bytes.remove_prefix(static_cast<size_t>(written));
    place += written;
  }
  return absl::OkStatus();
}

absl::StatusOr<Slot> NewestSlot(int file, absl::string_view path) {
  std::optional<Slot> newest;
  absl::Status why;
  for (uint64_t turn = 0; turn < kSlots; ++turn) {
    std::array<char, kSlotBytes> bytes{};
    const ssize_t count = pread(file, bytes.data(), bytes.size(), PlaceOf(turn));
    if (count < 0) return Failed("read", path);
    absl::StatusOr<Slot> slot = DecodeSlot(absl::string_view(bytes.data(), static_cast<size_t>(count)));
    if (!slot.ok()) {
      why.Update(slot.status());
    } else if (!newest || slot->turn > newest->turn) {
      newest = *std::move(slot);
    }
  }
  if (newest) return *std::move(newest);
  return absl::Status(why.code(), absl::StrCat("the high-water mark ", path, " cannot be read: ", why.message()));
}

}  // namespace

HighWaterMark MarkOf(const BatchHead& head, uint64_t epoch) {
  return HighWaterMark{
      .store_incarnation = head.store_incarnation, .batch = head.batch, .hash = head.hash, .epoch = epoch};
}

absl::StatusOr<std::optional<HighWaterMark>> HighWaterMarkFile::Read(const std::string& path) {
  const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return std::optional<HighWaterMark>();
  if (file.get() < 0) return Failed("open", path);
  absl::StatusOr<Slot> slot = NewestSlot(file.get(), path);
  if (!slot.ok()) return slot.status();
  return std::optional<HighWaterMark>(std::move(slot->mark));
}

absl::Status HighWaterMarkFile::Create(const std::string& path, const HighWaterMark& mark) {
  const OpenFile file(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) return Failed("create", path);
  const std::string room(static_cast<size_t>(kSlotDistance) * kSlots, '\0');
  if (absl::Status status = WriteAt(file.get(), room, 0); !status.ok()) return status;
  const Slot slot{.turn = 0, .mark = mark};
  if (absl::Status status = WriteAt(file.get(), EncodeSlot(slot), PlaceOf(slot.turn)); !status.ok()) return status;
  if (fsync(file.get()) != 0) return Failed("sync", path);
  return SyncDirectory(std::filesystem::path(path).parent_path().string());
}

absl::StatusOr<std::unique_ptr<HighWaterMarkFile>> HighWaterMarkFile::Open(const std::string& path) {
  OpenFile file(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.get() < 0) return Failed("open", path);
  const absl::StatusOr<Slot> newest = NewestSlot(file.get(), path);
  if (!newest.ok()) return newest.status();
  return std::unique_ptr<HighWaterMarkFile>(new HighWaterMarkFile(file.Release(), newest->turn));
}

HighWaterMarkFile::~HighWaterMarkFile() { close(file_); }

absl::Status HighWaterMarkFile::Write(const HighWaterMark& mark) {
  const Slot slot{.turn = turn_ + 1, .mark = mark};
  if (absl::Status status = WriteAt(file_, EncodeSlot(slot), PlaceOf(slot.turn)); !status.ok()) return status;
  if (fdatasync(file_) != 0) return Failed("sync", "the high-water mark");
  turn_ = slot.turn;
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& path) {
  const OpenFile directory(open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) return Failed("open", path);
  if (fsync(directory.get()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

}  // namespace envej::store
