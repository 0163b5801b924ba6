#ifndef ENVEJ_TESTS_BROKER_STORE_FAULTY_FILE_SYSTEM_H_
#define ENVEJ_TESTS_BROKER_STORE_FAULTY_FILE_SYSTEM_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "broker/mutex.h"

namespace envej::store {

// A file system whose write-ahead log can be made to fail, and that remembers how much of each log was synced.
class FaultyFileSystem : public rocksdb::FileSystemWrapper {
 public:
  enum class Fault { kNone, kSync, kAppend };

  FaultyFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    std::unique_ptr<rocksdb::FSWritableFile> real;
    rocksdb::IOStatus status = target()->NewWritableFile(path, options, &real, context);
    if (!status.ok()) return status;
    if (path.ends_with(".log")) {
      *file = std::make_unique<LogFile>(std::move(real), path, *this);
    } else {
      *file = std::move(real);
    }
    return status;
  }

  void Break(Fault fault) {
    MutexLock lock(mutex_);
    fault_ = fault;
  }

  // Bytes of each log that were synced, by path.
  std::map<std::string, uint64_t> synced() {
    MutexLock lock(mutex_);
    return synced_;
  }

  int syncs() {
    MutexLock lock(mutex_);
    return syncs_;
  }

 private:
  class LogFile : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    LogFile(std::unique_ptr<rocksdb::FSWritableFile>&& real, std::string path, FaultyFileSystem& system)
        : FSWritableFileOwnerWrapper(std::move(real)), path_(std::move(path)), system_(system) {}

    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override {
      if (system_.Broken(Fault::kAppend)) return rocksdb::IOStatus::IOError("append failed by the test");
      appended_ += data.size();
      return FSWritableFileOwnerWrapper::Append(data, options, context);
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo& info, rocksdb::IODebugContext* context) override {
      if (system_.Broken(Fault::kAppend)) return rocksdb::IOStatus::IOError("append failed by the test");
      appended_ += data.size();
      return FSWritableFileOwnerWrapper::Append(data, options, info, context);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
      if (system_.Broken(Fault::kSync)) return rocksdb::IOStatus::IOError("sync failed by the test");
      const rocksdb::IOStatus status = FSWritableFileOwnerWrapper::Sync(options, context);
      if (status.ok()) system_.Synced(path_, appended_);
      return status;
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
      return Sync(options, context);
    }

   private:
    const std::string path_;
    FaultyFileSystem& system_;
    uint64_t appended_ = 0;
  };

  bool Broken(Fault fault) {
    MutexLock lock(mutex_);
    return fault_ == fault;
  }

  void Synced(const std::string& path, uint64_t bytes) {
    MutexLock lock(mutex_);
    synced_[path] = bytes;
    ++syncs_;
  }

  Mutex mutex_;
  Fault fault_ ENVEJ_GUARDED_BY(mutex_) = Fault::kNone;
  std::map<std::string, uint64_t> synced_ ENVEJ_GUARDED_BY(mutex_);
  int syncs_ ENVEJ_GUARDED_BY(mutex_) = 0;
};

}  // namespace envej::store

#endif  // ENVEJ_TESTS_BROKER_STORE_FAULTY_FILE_SYSTEM_H_
