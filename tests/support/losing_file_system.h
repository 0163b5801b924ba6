#ifndef ENVEJ_TESTS_SUPPORT_LOSING_FILE_SYSTEM_H_
#define ENVEJ_TESTS_SUPPORT_LOSING_FILE_SYSTEM_H_

#include <rocksdb/file_system.h>

#include <memory>
#include <string>

#include "tests/support/losing_disk.h"

namespace envej::support {

// What RocksDB does with its files, told to a LosingDisk. Nothing is really synced: only the disk forgets.
class LosingFileSystem : public rocksdb::FileSystemWrapper {
 public:
  // The disk must outlive it.
  explicit LosingFileSystem(LosingDisk& disk) : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "LosingFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* folder,
                                 rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* context) override;

 private:
  LosingDisk& disk_;
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_LOSING_FILE_SYSTEM_H_
