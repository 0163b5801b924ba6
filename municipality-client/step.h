#ifndef ENVEJ_MUNICIPALITY_CLIENT_STEP_H_
#define ENVEJ_MUNICIPALITY_CLIENT_STEP_H_

#include <functional>

namespace envej::municipality_client {

// The points between which a crash leaves different things behind.
enum class Step {
  kBindingWritten,     // its bytes on the disk, its name perhaps not
  kBound,              // the folder to its municipality
  kTemporaryWritten,   // one file, its bytes on the disk, its name perhaps not
  kTemporariesSynced,  // all of a batch, names too
  kLedgerAppended,     // written, perhaps not on the disk
  kLedgerSynced,
  kRenamed,  // one file, its new name perhaps not on the disk
  kErased,   // one superseded file, perhaps not yet from the disk
  kFolderSynced,
  kCommandRun,
  kAcknowledged,
  kReturned,
};

// Called after each step; may end the process.
using StepCallback = std::function<void(Step)>;

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_STEP_H_
