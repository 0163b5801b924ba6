#include "tests/broker/store/store_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <utility>

namespace envej::store {
namespace {

namespace fs = std::filesystem;

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = testing::TempDir() + "/store_XXXXXX";
  const char* made = mkdtemp(pattern.data());
  EXPECT_NE(made, nullptr);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code error;
  fs::remove_all(path_, error);
}

RocksDbStoreOptions OptionsFor(const std::string& directory) {
  RocksDbStoreOptions options;
  options.quiet = absl::InfiniteDuration();  // so that the mark of a killed store is always one batch behind
  options.directory = directory;
  options.broker = "broker-1";
  return options;
}

std::unique_ptr<RocksDbStore> OpenStore(const RocksDbStoreOptions& options) {
  absl::StatusOr<std::unique_ptr<RocksDbStore>> store = RocksDbStore::Open(options);
  if (!store.ok()) {
    ADD_FAILURE() << store.status();
    return nullptr;
  }
  return *std::move(store);
}

std::unique_ptr<RocksDbStore> OpenStore(const std::string& directory) { return OpenStore(OptionsFor(directory)); }

fs::path LogOf(const std::string& directory) {
  fs::path newest;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory + "/rocksdb")) {
    if (entry.path().extension() == ".log" && entry.path() > newest) newest = entry.path();
  }
  EXPECT_FALSE(newest.empty());
  return newest;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void WriteFile(const fs::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  EXPECT_TRUE(file.good()) << path;
}

void CopyTree(const std::string& from, const std::string& to) { fs::copy(from, to, fs::copy_options::recursive); }

std::map<std::string, std::string> AllFiles(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files[entry.path().string()] = ReadFile(entry.path());
  }
  return files;
}

void ExpectRefused(const std::string& directory, const std::string& text) {
  const std::map<std::string, std::string> before = AllFiles(directory);
  const absl::Status status = RocksDbStore::Open(OptionsFor(directory)).status();
  EXPECT_TRUE(absl::IsDataLoss(status) || absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(text));
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("recover: keep these files"));
  EXPECT_TRUE(AllFiles(directory) == before) << "an opening that was refused changed a file";
}

}  // namespace envej::store
