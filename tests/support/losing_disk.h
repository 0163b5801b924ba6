#ifndef ENVEJ_TESTS_SUPPORT_LOSING_DISK_H_
#define ENVEJ_TESTS_SUPPORT_LOSING_DISK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "broker/mutex.h"

namespace envej::support {

// What the files of one folder lose with the power. Everything is written to the real files at once, as a system that
// goes on sees it; beside them this remembers what was not synced: bytes of files, and entries of folders (files made,
// renamed and removed), which a file's own sync does not bring to the disk. LosePower takes it back from the real
// files.
//
// Who writes tells it (losing_file_system.h for RocksDB); the program's own calls of the operating system on these
// files come here by themselves in every program that links this library, which wraps them: open, pwrite, fsync,
// fdatasync, mkdir and rename.
//
// One at a time. Thread safety: any thread; LosePower while every file is closed.
class LosingDisk {
 public:
  // `folder` is the one in which something may be lost; it is there, and stays.
  explicit LosingDisk(std::string folder);
  ~LosingDisk();
  LosingDisk(const LosingDisk&) = delete;
  LosingDisk& operator=(const LosingDisk&) = delete;

  // The one there is; null if there is none.
  static LosingDisk* Current();
  bool Has(const std::string& path) const;

  // Where an operation fails.
  enum class Failure {
    kBefore,  // nothing of it is done
    kAfter,   // it is done, and an error is given
  };
  enum class Operation { kWrite, kSync };
  // The next such operation on a file whose name ends so. `on_disk`: all of that file is synced by then.
  struct Fault {
    Operation operation = Operation::kWrite;
    Failure failure = Failure::kBefore;
    std::string suffix;
    bool on_disk = false;
    uint64_t beside_first = 0;  // waits for so many syncs of the file beside it, so that runs are the same again
  };
  void Arm(const Fault& fault);
  void Disarm();
  // Whether the fault was met since it was armed, and what was written after that although the writer was told.
  bool HasFailed();
  uint64_t WrittenAfterFailure();
  // Every operation fails from the one after so many more of this thread's on; 0: from now on.
  void PowerOffAfter(uint64_t operations);
  // False if the power went meanwhile; else it stays.
  bool PowerOn();

  // What remains of what was not synced, and a chance for it: `below` gives a number from 0 to its argument - 1.
  enum class Remains { kNothing, kSome, kAll };
  using Chance = std::function<uint64_t(uint64_t below)>;
  // What is written between the two to the file of this name is written beside something else: if the power goes
  // meanwhile, it counts as not synced, whichever was quicker.
  void BeginBatch(const std::string& beside);
  void EndBatch();
  using ChanceOf = std::function<Chance(const std::string& path)>;  // each file and folder has its own
  void LosePower(Remains remains, const ChanceOf& chance_of);

  // Told by who writes. False: it fails; nothing must be done.
  bool BeforeWrite(const std::string& path, uint64_t offset, size_t bytes);
  // False: it is done, and an error is to be given.
  bool AfterWrite(const std::string& path);
  bool BeforeSync(const std::string& path);
  bool AfterSync(const std::string& path);
  bool BeforeChange(const std::string& path);  // of the folder's entry
  void Created(const std::string& path);
  // Before it is done: keeps what is in the way, or would be gone.
  void Renaming(const std::string& from, const std::string& to);
  void Removing(const std::string& path);
  bool SyncFolder(const std::string& path);

 private:
  // Bytes that stood where something was written over them.
  struct Overwritten {
    uint64_t offset = 0;
    std::string bytes;
  };
  struct Unsynced {
    uint64_t size = 0;  // that is on the disk
    std::vector<Overwritten> overwritten;
  };
  struct Entry {
    enum class Kind { kCreated, kRenamed, kRemoved };
    Kind kind = Kind::kCreated;
    std::string path;
    std::string from;  // renamed
    std::string kept;  // what was removed or replaced, under another name; empty if nothing was
  };

  bool Goes() ENVEJ_REQUIRES(mutex_);  // whether there is power for one more operation
  bool Meets(Operation operation, Failure failure, const std::string& path) ENVEJ_REQUIRES(mutex_);
  std::string Keep(const std::string& path) ENVEJ_REQUIRES(mutex_);
  void Undo(const Entry& entry);
  void Lose(const std::string& path, const Unsynced& unsynced, Remains remains, const Chance& chance);

  const std::string folder_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::map<std::string, Unsynced> files_ ENVEJ_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<Entry>> folders_ ENVEJ_GUARDED_BY(mutex_);
  std::map<std::string, Unsynced> late_ ENVEJ_GUARDED_BY(mutex_);  // synced beside the batch under way
  std::optional<Fault> fault_ ENVEJ_GUARDED_BY(mutex_);
  std::optional<uint64_t> power_for_ ENVEJ_GUARDED_BY(mutex_);
  std::thread::id power_counted_by_ ENVEJ_GUARDED_BY(mutex_);
  std::string beside_ ENVEJ_GUARDED_BY(mutex_);  // empty: no batch is under way
  bool has_failed_ ENVEJ_GUARDED_BY(mutex_) = false;
  uint64_t besides_ ENVEJ_GUARDED_BY(mutex_) = 0;  // syncs of it
  uint64_t written_after_ ENVEJ_GUARDED_BY(mutex_) = 0;
  uint64_t next_kept_ ENVEJ_GUARDED_BY(mutex_) = 1;
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_LOSING_DISK_H_
