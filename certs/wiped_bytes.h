#ifndef ENVEJ_CERTS_WIPED_BYTES_H_
#define ENVEJ_CERTS_WIPED_BYTES_H_

#include <openssl/crypto.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace envej::certs {

// Bytes that are overwritten when they go. Can be moved, which copies nothing; cannot be copied.
class WipedBytes {
 public:
  WipedBytes() = default;
  explicit WipedBytes(size_t size) : bytes_(std::make_unique<unsigned char[]>(size)), size_(size), capacity_(size) {}
  ~WipedBytes() { Wipe(); }
  WipedBytes(WipedBytes&& other) noexcept { *this = std::move(other); }
  WipedBytes& operator=(WipedBytes&& other) noexcept {
    if (this == &other) return *this;
    Wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  unsigned char* data() { return bytes_.get(); }
  size_t size() const { return size_; }
  // `size` is at most what it was made with.
  void Shorten(size_t size) { size_ = size; }
  absl::string_view view() const { return {reinterpret_cast<const char*>(bytes_.get()), size_}; }

 private:
  void Wipe() {
    if (bytes_ != nullptr) OPENSSL_cleanse(bytes_.get(), capacity_);
  }

  std::unique_ptr<unsigned char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// A text that is overwritten when it goes. Can be moved, which copies nothing of a text as long as a key; cannot be
// copied.
class WipedText {
 public:
  WipedText() = default;
  explicit WipedText(std::string text) : text_(std::move(text)) {}
  ~WipedText() { Wipe(); }
  WipedText(WipedText&& other) noexcept { text_.swap(other.text_); }
  WipedText& operator=(WipedText&& other) noexcept {
    if (this == &other) return *this;
    Wipe();
    text_.swap(other.text_);
    return *this;
  }

  absl::string_view view() const { return text_; }

 private:
  void Wipe() {
    OPENSSL_cleanse(text_.data(), text_.capacity());
    text_.clear();
  }

  std::string text_;
};

// Overwrites a text with a key or secret, and all that it has room for, when this goes. The text must outlive it, and
// must not have had to grow: what it left behind then is not reached.
class WipedAtEnd {
 public:
  explicit WipedAtEnd(std::string& text) : text_(text) {}
  ~WipedAtEnd() {
    OPENSSL_cleanse(text_.data(), text_.capacity());
    text_.clear();
  }
  WipedAtEnd(const WipedAtEnd&) = delete;
  WipedAtEnd& operator=(const WipedAtEnd&) = delete;

 private:
  std::string& text_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_WIPED_BYTES_H_
