// A file of HL7 messages, in batches or not.

#include "region-client/folder/hl7_file.h"

#include "region-client/folder/file_outcome.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {

void Try(absl::string_view bytes) {
  const region::Hl7File file = region::SplitHl7File(bytes, /*messages_most=*/bytes.size());
  const char* end = bytes.data();  // of what came before
  for (const absl::string_view message : file.messages) {
    ENVEJ_FUZZ_CHECK(!message.empty() && message.data() >= end);
    end = message.data() + message.size();
  }
  ENVEJ_FUZZ_CHECK(end <= bytes.data() + bytes.size());
  ENVEJ_FUZZ_CHECK(file.problems.size() <= region::kRefusedShown);
  ENVEJ_FUZZ_CHECK(file.has_batches || file.problems.empty());
}

std::vector<std::string> Seeds() {
  return {"FHS|^~\\&|PAS\rBHS|^~\\&|PAS\rMSH|^~\\&|1\rPID|1\rMSH|^~\\&|2\rBTS|2\rFTS|1\r",
          "\xEF\xBB\xBFMSH|^~\\&|1\r\nPID|1\r\n\r\nMSH|^~\\&|2\r\nBTS|1|\r\n",
          "\x0BMSH|^~\\&|1\rPID|1\r\x1C\r\x0BMSH|^~\\&|2\r\x1C\r", "PID|1\nBHS!\nMSH!1\nBHS!\nFHS!\nFTS!7\n"};
}

}  // namespace envej::fuzz
