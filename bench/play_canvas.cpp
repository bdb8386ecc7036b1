#include "bench/play_canvas.hpp"

#include <algorithm>

namespace six::play {

namespace {

/// Takes the first character off UTF-8 text. All of the text is our own, or ASCII.
char32_t take_character(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : 3;
    if (length > text.size()) return text = {}, U'?';
    char32_t character = length == 1 ? byte(0) : byte(0) & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) character = character << 6 | (byte(i) & 0x3FU);
    text.remove_prefix(length);
    // An answer from a server might hold anything; a control character would move the
    // cursor.
    return character < U' ' || character == U'\x7F' ? U'?' : character;
}

void append_utf8(std::string& out, char32_t character) {
    if (character < 0x80) {
        out += static_cast<char>(character);
    } else if (character < 0x800) {
        out += static_cast<char>(0xC0 | character >> 6);
        out += static_cast<char>(0x80 | (character & 0x3F));
    } else {
        out += static_cast<char>(0xE0 | character >> 12);
        out += static_cast<char>(0x80 | (character >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (character & 0x3F));
    }
}

/// What stands for a character where there is only ASCII.
char in_ascii(char32_t character) {
    switch (character) {
        case U'─': return '-';
        case U'│': return '|';
        case U'┌':
        case U'┐':
        case U'└':
        case U'┘': return '+';
        case U'━': return '=';
        case U'◄': return '<';
        case U'►': return '>';
        case U'┄':
        case U'·': return '.';
        case U'✓': return '*';
        case U'…': return '~';
        default: return character < 0x80 ? static_cast<char>(character) : '?';
    }
}

void append(std::string& out, char32_t character, bool unicode) {
    if (unicode)
        append_utf8(out, character);
    else
        out += in_ascii(character);
}

/// The parameters of Select Graphic Rendition (ECMA-48, 8.3.117).
const char* sgr(Ink ink, bool colours) {
    switch (ink) {
        case Ink::plain: return "0";
        case Ink::strong: return "0;1";
        case Ink::title: return "0;1;7";
        case Ink::quiet: return colours ? "0;97;100" : "0;7";
        case Ink::holds: return colours ? "0;1;30;103" : "0;1;7";
        case Ink::waits: return colours ? "0;1;97;41" : "0;1;7";
        case Ink::done: return colours ? "0;1;30;102" : "0;1;7";
    }
    return "0";
}

}  // namespace

int width_of(std::string_view text) {
    int width = 0;
    for (; !text.empty(); ++width) take_character(text);
    return width;
}

std::vector<std::string> wrap(std::string_view text, int width) {
    std::vector<std::string> lines{""};
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        std::string& line = lines.back();
        if (line.empty())
            line = word;
        else if (width_of(line) + 1 + width_of(word) <= width)
            line += " " + std::string(word);
        else
            lines.emplace_back(word);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return lines;
}

Canvas::Canvas(int columns, int rows)
    : columns_(std::max(columns, 1)),
      rows_(std::max(rows, 1)),
      cells_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_)) {}

int Canvas::put(int column, int row, std::string_view text, Ink ink) {
    for (; !text.empty(); ++column) set(column, row, {take_character(text), ink});
    return column;
}

void Canvas::put_centred(int column, int row, int width, std::string_view text, Ink ink) {
    const int left = std::max(0, (width - width_of(text)) / 2);
    for (int i = 0; i < width; ++i) {
        const bool inside = i >= left && !text.empty();
        const char32_t character = inside ? take_character(text) : U' ';
        set(column + i, row, {character, ink});
    }
}

void Canvas::set(int column, int row, Cell cell) {
    if (row < 0 || row >= rows_ || column < 0 || column >= columns_) return;
    cells_[static_cast<std::size_t>(row * columns_ + column)] = cell;
}

void Canvas::frame(int column, int row, int width, int height, std::string_view title) {
    const int right = column + width - 1;
    const int bottom = row + height - 1;
    for (int i = column + 1; i < right; ++i) {
        put(i, row, "─");
        put(i, bottom, "─");
    }
    for (int i = row + 1; i < bottom; ++i) {
        put(column, i, "│");
        put(right, i, "│");
    }
    put(column, row, "┌");
    put(right, row, "┐");
    put(column, bottom, "└");
    put(right, bottom, "┘");
    put(column + 2, row, " " + std::string(title) + " ", Ink::strong);
}

std::string Canvas::text(int row, bool unicode) const {
    std::string line;
    for (int i = 0; i < columns_; ++i)
        append(line, cells_[static_cast<std::size_t>(row * columns_ + i)].character,
               unicode);
    return line.substr(0, line.find_last_not_of(' ') + 1);
}

std::string Canvas::coloured(int row, LineStyle style) const {
    std::string line;
    Ink ink = Ink::plain;
    for (int i = 0; i < columns_; ++i) {
        const Cell& cell = cells_[static_cast<std::size_t>(row * columns_ + i)];
        if (cell.ink != ink)
            line += std::string("\x1b[") + sgr(cell.ink, style.colours) + "m";
        ink = cell.ink;
        append(line, cell.character, style.unicode);
    }
    return ink == Ink::plain ? line : line + "\x1b[0m";
}

}  // namespace six::play
