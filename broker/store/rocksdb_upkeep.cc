#include "broker/store/rocksdb_upkeep.h"

#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/metadata.h>
#include <rocksdb/options.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_engine.h"

namespace envej::store {
namespace {

constexpr size_t kReadahead = size_t{1} << 20;

// All compactions write more slowly as long as it lives.
class SlowCompactions {
 public:
  explicit SlowCompactions(rocksdb::DB& engine) : limiter_(engine.GetDBOptions().rate_limiter) {
    if (limiter_) limiter_->SetBytesPerSecond(kErasingBytesMost);
  }
  ~SlowCompactions() {
    if (limiter_) limiter_->SetBytesPerSecond(kCompactionBytesMost);
  }
  SlowCompactions(const SlowCompactions&) = delete;
  SlowCompactions& operator=(const SlowCompactions&) = delete;

 private:
  const std::shared_ptr<rocksdb::RateLimiter> limiter_;
};

// Those of the engine's, without its caches: what is verified is what lies on the disk.
rocksdb::Options ReadingOptions(rocksdb::DB& engine) {
  rocksdb::BlockBasedTableOptions table;
  table.no_block_cache = true;
  rocksdb::Options options;
  options.env = engine.GetEnv();
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::Status VerifyTable(const rocksdb::Options& options, const std::string& path) {
  rocksdb::SstFileReader reader(options);
  rocksdb::Status status = reader.Open(path);
  rocksdb::ReadOptions read;
  read.readahead_size = kReadahead;
  if (status.ok()) status = reader.VerifyChecksum(read);
  return status;
}

}  // namespace

absl::Status CompactContent(rocksdb::DB& engine, std::atomic<bool>& stopping) {
  if (stopping) return absl::CancelledError("stopping");
  const rocksdb::Status flushed = engine.Flush(rocksdb::FlushOptions());
  if (!flushed.ok()) return FromEngine(flushed, "cannot write the store's tables");
  const SlowCompactions slow(engine);
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.exclusive_manual_compaction = false;
  options.canceled = &stopping;
  const std::string from = ContentPrefix();
  const std::string to = EndOfPrefix(from);
  const rocksdb::Slice begin = ToSlice(from);
  const rocksdb::Slice end = ToSlice(to);
  const rocksdb::Status compacted = engine.CompactRange(options, &begin, &end);
  if (stopping) return absl::CancelledError("stopping");
  return FromEngine(compacted, "cannot compact the store's content");
}

TableVerification VerifyTables(rocksdb::DB& engine, const std::function<bool(uint64_t bytes)>& rest) {
  TableVerification result;
  const rocksdb::Options options = ReadingOptions(engine);
  std::vector<rocksdb::LiveFileMetaData> files;
  engine.GetLiveFilesMetaData(&files);
  for (const rocksdb::LiveFileMetaData& file : files) {
    const std::string path = file.db_path + file.name;
    const rocksdb::Status status = VerifyTable(options, path);
    // Compacted away meanwhile.
    if (!status.ok() && engine.GetEnv()->FileExists(path).IsNotFound()) {
      std::vector<rocksdb::LiveFileMetaData> now;
      engine.GetLiveFilesMetaData(&now);
      bool is_live = false;
      for (const rocksdb::LiveFileMetaData& each : now) is_live = is_live || each.name == file.name;
      if (!is_live) continue;
    }
    ++result.files;
    result.bytes += file.size;
    if (!status.ok()) result.damaged.push_back(file.name.substr(file.name.find_first_not_of('/')));
    if (!rest(file.size)) return result;
  }
  result.finished = true;
  return result;
}

}  // namespace envej::store
