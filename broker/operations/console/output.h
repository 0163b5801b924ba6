#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_OUTPUT_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_OUTPUT_H_

#include <istream>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::console {

// What the program ends with; --help says the same.
enum class ExitCode {
  kDone = 0,         // everything was done, and nothing asks for attention
  kAttention = 1,    // somebody should look: what was asked for says so, or something was refused or does not exist
  kUnusable = 2,     // wrong usage, or a file, certificate or output that cannot be used
  kUnreachable = 3,  // the broker could not be reached, or it is unknown whether it has done what was asked for
};

enum class OutputForm { kText, kJson };

// Where the program reads and writes. Results go to `out`; everything else for people, errors too, to `err`.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_terminal = false;
  bool colour = false;  // `out` is a terminal that shows colours, and whoever reads it wants them
  // What a full screen is drawn on, and its keys are read from; -1 where there is no terminal.
  int screen = -1;
  int keys = -1;
};

// How much a text stands out. Whatever is said by colour is said by its words too.
enum class Emphasis { kPlain, kHeading, kFaint, kWarning, kTrouble };

// The text as a terminal shows it so; the text alone without colour.
std::string Emphasised(absl::string_view text, Emphasis emphasis, bool colour);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_OUTPUT_H_
