// A screen as a grid of cells: drawn on in Unicode, read as lines of text, with or without
// colours. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace six::play {

/// What a cell's colours say. The fills have a text colour of their own, so that they look
/// the same on a dark and on a light terminal.
enum class Ink {
    plain,
    strong,
    title,  ///< a bar across the screen
    quiet,  ///< filled: nothing happens here
    holds,  ///< filled: somebody waits for this one
    waits,  ///< filled: this one waits for somebody
    done,   ///< filled
};

/// How lines are written for a terminal.
struct LineStyle {
    bool unicode = true;  ///< else ASCII characters stand in for ours
    bool colours = true;  ///< else bold and reverse only (https://no-color.org)
};

/// A grid of cells. What is put beside it is cut off.
class Canvas {
  public:
    Canvas(int columns, int rows);

    int columns() const { return columns_; }
    int rows() const { return rows_; }

    /// Writes UTF-8 text, of which each character takes one cell, and returns the column
    /// after it.
    int put(int column, int row, std::string_view text, Ink ink = Ink::plain);
    /// The same, in the middle of `width` cells, all of which get the ink, and cut off
    /// there.
    void put_centred(int column, int row, int width, std::string_view text, Ink ink);
    /// A frame with a title in its upper edge.
    void frame(int column, int row, int width, int height, std::string_view title);

    /// The row as plain text, without the blanks at its end.
    std::string text(int row, bool unicode = true) const;
    /// The row with the escape sequences that colour it.
    std::string coloured(int row, LineStyle style) const;

  private:
    struct Cell {
        char32_t character = U' ';
        Ink ink = Ink::plain;
    };
    void set(int column, int row, Cell cell);

    int columns_;
    int rows_;
    std::vector<Cell> cells_;
};

/// The number of characters of UTF-8 text.
int width_of(std::string_view text);
/// Lines of `width` characters at most, broken between words.
std::vector<std::string> wrap(std::string_view text, int width);

}  // namespace six::play
