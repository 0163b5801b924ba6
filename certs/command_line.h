#ifndef ENVEJ_CERTS_COMMAND_LINE_H_
#define ENVEJ_CERTS_COMMAND_LINE_H_

#include <CLI/App.hpp>

namespace envej::certs {

// For a program of commands: makes its errors of usage name the word that it does not know, and the commands that there
// are, where CLI11 alone would only say that something else is missing.
void NameUnknownWords(CLI::App& program);

// Takes the place of whichever of standard input, output and error is closed, so that no file or connection that is
// opened later becomes one of them; reading or writing it then fails. To be called first of all.
void HoldStandardStreams();

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_COMMAND_LINE_H_
