#ifndef ENVEJ_TESTS_BROKER_STORE_STORE_DIRECTORY_H_
#define ENVEJ_TESTS_BROKER_STORE_STORE_DIRECTORY_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "broker/store/rocksdb_store.h"

namespace envej::store {

// A directory of a test's own, empty at first and gone with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

RocksDbStoreOptions OptionsFor(const std::string& directory);

// Opens; the test fails, and the pointer is null, if that is refused.
std::unique_ptr<RocksDbStore> OpenStore(const RocksDbStoreOptions& options);
std::unique_ptr<RocksDbStore> OpenStore(const std::string& directory);

// The newest write-ahead log of a store.
std::filesystem::path LogOf(const std::string& directory);

std::string ReadFile(const std::filesystem::path& path);
void WriteFile(const std::filesystem::path& path, const std::string& bytes);
void CopyTree(const std::string& from, const std::string& to);

// Every file below a directory, with its bytes.
std::map<std::string, std::string> AllFiles(const std::string& directory);

// Opening is refused, with `text` in the reason and the way to recover, and leaves every file as it was.
void ExpectRefused(const std::string& directory, const std::string& text);

}  // namespace envej::store

#endif  // ENVEJ_TESTS_BROKER_STORE_STORE_DIRECTORY_H_
