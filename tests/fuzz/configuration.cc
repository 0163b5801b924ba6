#include "broker/options/broker_options.h"
#include "certs/options/yaml_document.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_file.h"

namespace envej::fuzz {

void Try(absl::string_view bytes) {
  options::FileErrors errors("input");
  options::ParseYaml(bytes, "input", errors).status().IgnoreError();
  const auto read = options::ReadBrokerOptions(MemoryFile(bytes));
  if (!read.ok()) return;
  ENVEJ_FUZZ_CHECK(!read->broker_name.empty() && read->broker_name.size() <= 32);
  ENVEJ_FUZZ_CHECK(!read->listen.empty() && !read->data_directory.empty());
  ENVEJ_FUZZ_CHECK(read->limits.commit_queue > 0 && read->limits.batch_transitions > 0);
}

std::vector<std::string> Seeds() {
  return {R"(broker_name: broker-1
listen: 127.0.0.1:0
data_directory: data
participants: participants.yaml
tls:
  certificate_chain: broker.pem
  private_key: broker.key
  client_authorities: authorities.pem
  revocation_lists: lists
commitment:
  key_id: plain-1
  secret_file: commitment.secret
  former:
    - {key_id: plain-0, secret_file: former.secret}
journal: {checkpoint_seconds: 60, mirror: mirror}
metrics: {listen: "127.0.0.1:9090"}
limits: {commit_queue: 1000, batch_transitions: 10, waiting_pulls: 10, participant_notices_per_second: 10}
drain_seconds: 5
)",
          "a: &x [1, 2]\nb: *x\nc: |\n  text\n  more\n? d\n: 'e'\n", "- - - {}\n- []\n# nothing\n"};
}

}  // namespace envej::fuzz
