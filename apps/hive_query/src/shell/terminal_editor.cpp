#include "terminal_editor.hpp"

#include "candidates_text.hpp"

#include <histedit.h>
#include <langinfo.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>

namespace hive_query {
namespace {

constexpr int kRemembered = 1000;

// libedit turns bytes into characters by the locale; without one that says UTF-8 it would refuse
// every letter beyond ASCII.
void use_utf8() {
    std::setlocale(LC_CTYPE, "");
    if (std::string_view{::nl_langinfo(CODESET)} != "UTF-8") {
        std::setlocale(LC_CTYPE, "C.UTF-8");
    }
}

[[nodiscard]] std::size_t terminal_columns() noexcept {
    winsize size{};
    const bool is_known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}

}  // namespace

class TerminalEditor::Impl {
public:
    explicit Impl(Complete complete) : complete_{std::move(complete)} {
        use_utf8();
        line_ = el_init("hive-query", stdin, stdout, stderr);
        history_ = history_init();
        if (line_ == nullptr || history_ == nullptr) {
            end();
            throw std::runtime_error{"the terminal cannot be used for editing lines"};
        }
        HistEvent event{};
        history(history_, &event, H_SETSIZE, kRemembered);
        history(history_, &event, H_SETUNIQUE, 1);
        el_set(line_, EL_CLIENTDATA, this);
        el_set(line_, EL_PROMPT, &Impl::prompt);
        el_set(line_, EL_EDITOR, "emacs");
        el_set(line_, EL_HIST, history, history_);
        // Restores the terminal when the program is stopped or ended from outside.
        el_set(line_, EL_SIGNAL, 1);
        el_set(line_, EL_ADDFN, "hive-complete", "complete the word", &Impl::on_tab);
        el_set(line_, EL_ADDFN, "hive-interrupt", "drop the line", &Impl::on_interrupt);
        el_set(line_, EL_ADDFN, "hive-suspend", "stop the program", &Impl::on_suspend);
        el_set(line_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
        el_set(line_, EL_BIND, "^I", "hive-complete", nullptr);
        el_source(line_, nullptr);
        // While a line is edited the terminal turns no key into a signal.
        el_set(line_, EL_SETTY, "-d", "-isig", nullptr);
        el_set(line_, EL_BIND, "^C", "hive-interrupt", nullptr);
        el_set(line_, EL_BIND, "^Z", "hive-suspend", nullptr);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { end(); }

    TypedLine read(const std::string& prompt) {
        prompt_ = prompt;
        is_interrupted_ = false;
        int size = 0;
        // libedit itself shows the prompt first, and would lose a Ctrl-D that comes in between.
        el_set(line_, EL_PREP_TERM, 1);
        const char* const text = el_gets(line_, &size);
        if (is_interrupted_) {
            return {TypedLine::End::kInterrupted};
        }
        if (text == nullptr || size <= 0) {
            std::fputs("\n", stdout);
            std::fflush(stdout);
            return {TypedLine::End::kEndOfInput};
        }
        std::string typed{text, static_cast<std::size_t>(size)};
        while (!typed.empty() && (typed.back() == '\n' || typed.back() == '\r')) {
            typed.pop_back();
        }
        return {TypedLine::End::kLine, std::move(typed)};
    }

    void remember(const std::string& entry) {
        HistEvent event{};
        history(history_, &event, H_ENTER, entry.c_str());
    }

private:
    static Impl& of(EditLine* line) {
        void* self = nullptr;
        el_get(line, EL_CLIENTDATA, &self);
        return *static_cast<Impl*>(self);
    }

    static char* prompt(EditLine* line) { return of(line).prompt_.data(); }

    static unsigned char on_interrupt(EditLine* line, int) {
        of(line).is_interrupted_ = true;
        std::fputs("^C\n", stdout);
        std::fflush(stdout);
        return CC_NEWLINE;
    }

    // EL_SIGNAL brings the terminal back in order, and the line after it.
    static unsigned char on_suspend(EditLine*, int) {
        ::kill(::getpid(), SIGTSTP);
        return CC_NORM;
    }

    // Called by C code, which no exception may pass through.
    static unsigned char on_tab(EditLine* line, int) {
        try {
            return of(line).complete_word();
        } catch (const std::exception&) {
            return CC_ERROR;
        }
    }

    unsigned char complete_word() {
        const LineInfo* const info = el_line(line_);
        const std::string_view before{info->buffer,
                                      static_cast<std::size_t>(info->cursor - info->buffer)};
        const Candidates found = complete_(before);
        const std::string more = insertion(found, before);
        if (!more.empty()) {
            return el_insertstr(line_, more.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
        }
        if (found.words.size() < 2) {
            return CC_ERROR;
        }
        std::fputs(("\n" + list_text(found.words, terminal_columns())).c_str(), stdout);
        std::fflush(stdout);
        return CC_REDISPLAY;
    }

    void end() noexcept {
        if (line_ != nullptr) {
            el_end(line_);
        }
        if (history_ != nullptr) {
            history_end(history_);
        }
    }

    Complete complete_;
    EditLine* line_ = nullptr;
    History* history_ = nullptr;
    std::string prompt_;
    bool is_interrupted_ = false;
};

TerminalEditor::TerminalEditor(Complete complete)
    : impl_{std::make_unique<Impl>(std::move(complete))} {}
TerminalEditor::~TerminalEditor() = default;

TypedLine TerminalEditor::read(const std::string& prompt) {
    return impl_->read(prompt);
}

void TerminalEditor::remember(const std::string& entry) {
    impl_->remember(entry);
}

}  // namespace hive_query
