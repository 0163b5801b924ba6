#include "broker/store/rocksdb_copy.h"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_engine.h"
#include "broker/store/scanning.h"

namespace envej::store {
namespace {

constexpr char kEndOfKeys[] = "\x7f";  // after every kind
constexpr size_t kCopyCacheBytes = size_t{1} << 20;
constexpr char kCopyFailed[] = "the copy cannot be written";

// Sorted tables, one after the other.
class Tables {
 public:
  Tables(std::string folder, const rocksdb::Options& options, uint64_t bytes_each)
      : folder_(std::move(folder)), options_(options), bytes_each_(bytes_each) {}

  absl::Status Add(const KeyValue& entry) {
    if (writer_.has_value() && bytes_ >= bytes_each_) {
      if (absl::Status status = Finish(); !status.ok()) return status;
    }
    if (!writer_.has_value()) {
      files_.push_back(absl::StrCat(folder_, "/", files_.size() + 1, ".sst"));
      writer_.emplace(rocksdb::EnvOptions(), options_);
      bytes_ = 0;
      if (absl::Status status = FromEngine(writer_->Open(files_.back()), kCopyFailed); !status.ok()) return status;
    }
    bytes_ += entry.key.size() + entry.value.size();
    return FromEngine(writer_->Put(ToSlice(entry.key), ToSlice(entry.value)), kCopyFailed);
  }

  absl::Status Finish() {
    if (!writer_.has_value()) return absl::OkStatus();
    const rocksdb::Status finished = writer_->Finish();
    writer_.reset();
    return FromEngine(finished, kCopyFailed);
  }

  const std::vector<std::string>& files() const { return files_; }

 private:
  const std::string folder_;
  const rocksdb::Options& options_;
  const uint64_t bytes_each_;
  std::vector<std::string> files_;
  std::optional<rocksdb::SstFileWriter> writer_;
  uint64_t bytes_ = 0;
};

// Makes the tables a store.
absl::Status TakeIn(const std::vector<std::string>& files, const std::string& engine, rocksdb::Options options) {
  options.create_if_missing = true;
  options.error_if_exists = true;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, engine, &opened);
  const std::unique_ptr<rocksdb::DB> made(opened);
  if (!status.ok()) return FromEngine(status, kCopyFailed);
  rocksdb::IngestExternalFileOptions ingest;
  ingest.move_files = true;
  ingest.verify_checksums_before_ingest = true;
  if (!files.empty()) {
    const rocksdb::Status ingested = made->IngestExternalFile(files, ingest);
    if (!ingested.ok()) return FromEngine(ingested, kCopyFailed);
  }
  return FromEngine(made->Close(), kCopyFailed);
}

}  // namespace

absl::StatusOr<CopiedKeys> CopyKeys(const RocksDbReader& from, const std::string& engine,
                                    const CopyOptions& copy_options) {
  const rocksdb::Options options = ExaminationOptions({.block_cache_bytes = kCopyCacheBytes}, nullptr, LogEnd::kWhole);
  const std::string folder = engine + "/tables";
  std::error_code error;
  if (!std::filesystem::create_directory(folder, error)) {
    return absl::UnavailableError(absl::StrCat("cannot create ", folder, ": ", error.message()));
  }
  Tables tables(folder, options, copy_options.table_bytes);
  CopiedKeys copied;
  const auto scan = [&from](const ScanRange& range) { return from.Scan(range); };
  const absl::Status added = ForEachPage(scan, {.from = "", .to = kEndOfKeys}, [&](const ScanResult& page) {
    for (const KeyValue& entry : page.entries) {
      if (absl::Status status = tables.Add(entry); !status.ok()) return status;
      ++copied.keys;
      copied.bytes += entry.key.size() + entry.value.size();
    }
    if (copy_options.progress) copy_options.progress(copied);
    return absl::OkStatus();
  });
  if (!added.ok()) return added;
  if (absl::Status status = tables.Finish(); !status.ok()) return status;
  if (absl::Status status = TakeIn(tables.files(), engine, options); !status.ok()) return status;
  std::filesystem::remove_all(folder, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot remove ", folder, ": ", error.message()));
  if (absl::Status status = SyncDirectory(engine); !status.ok()) return status;
  return copied;
}

}  // namespace envej::store
