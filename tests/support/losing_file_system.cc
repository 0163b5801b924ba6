#include "tests/support/losing_file_system.h"

#include <utility>

namespace envej::support {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

IOStatus Refused() { return IOStatus::IOError("refused by the test's disk"); }

// Appends alone: RocksDB writes no file in another way.
class LosingFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LosingFile(std::unique_ptr<rocksdb::FSWritableFile>&& real, std::string path, LosingDisk& disk)
      : FSWritableFileOwnerWrapper(std::move(real)), path_(std::move(path)), disk_(disk) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* context) override {
    if (!disk_.BeforeWrite(path_, size_, data.size())) return Refused();
    return Appended(data.size(), FSWritableFileOwnerWrapper::Append(data, options, context));
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& info,
                  IODebugContext* context) override {
    if (!disk_.BeforeWrite(path_, size_, data.size())) return Refused();
    return Appended(data.size(), FSWritableFileOwnerWrapper::Append(data, options, info, context));
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return disk_.BeforeSync(path_) && disk_.AfterSync(path_) ? IOStatus::OK() : Refused();
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override { return Sync(options, context); }

 private:
  IOStatus Appended(size_t bytes, IOStatus status) {
    size_ += bytes;
    return disk_.AfterWrite(path_) ? std::move(status) : Refused();
  }

  const std::string path_;
  LosingDisk& disk_;
  uint64_t size_ = 0;
};

class LosingFolder : public rocksdb::FSDirectoryWrapper {
 public:
  LosingFolder(std::unique_ptr<rocksdb::FSDirectory>&& real, std::string path, LosingDisk& disk)
      : FSDirectoryWrapper(std::move(real)), path_(std::move(path)), disk_(disk) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return disk_.SyncFolder(path_) ? IOStatus::OK() : Refused();
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* context,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, context);
  }

 private:
  const std::string path_;
  LosingDisk& disk_;
};

}  // namespace

IOStatus LosingFileSystem::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* context) {
  if (!disk_.BeforeChange(path)) return Refused();
  const bool is_there = FileExists(path, IOOptions(), context).ok();
  if (is_there) disk_.Removing(path);
  if (is_there) target()->DeleteFile(path, IOOptions(), context).PermitUncheckedError();
  std::unique_ptr<rocksdb::FSWritableFile> real;
  IOStatus status = target()->NewWritableFile(path, options, &real, context);
  if (!status.ok()) return status;
  disk_.Created(path);
  *file = std::make_unique<LosingFile>(std::move(real), path, disk_);
  return status;
}

IOStatus LosingFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                        std::unique_ptr<rocksdb::FSDirectory>* folder, IODebugContext* context) {
  std::unique_ptr<rocksdb::FSDirectory> real;
  IOStatus status = target()->NewDirectory(path, options, &real, context);
  if (status.ok()) *folder = std::make_unique<LosingFolder>(std::move(real), path, disk_);
  return status;
}

IOStatus LosingFileSystem::DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* context) {
  if (!disk_.BeforeChange(path)) return Refused();
  disk_.Removing(path);
  return target()->DeleteFile(path, options, context);
}

IOStatus LosingFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                      IODebugContext* context) {
  if (!disk_.BeforeChange(to)) return Refused();
  disk_.Renaming(from, to);
  return target()->RenameFile(from, to, options, context);
}

IOStatus LosingFileSystem::CreateDirIfMissing(const std::string& path, const IOOptions& options,
                                              IODebugContext* context) {
  const bool is_there = FileExists(path, IOOptions(), context).ok();
  if (!is_there && !disk_.BeforeChange(path)) return Refused();
  IOStatus status = target()->CreateDirIfMissing(path, options, context);
  if (!is_there && status.ok()) disk_.Created(path);
  return status;
}

}  // namespace envej::support
