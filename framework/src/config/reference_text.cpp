#include "reference_text.hpp"

#include "schema.hpp"
#include "setting_text.hpp"

#include <string_view>

namespace cistern {
namespace {

constexpr const char* kGenerated =
    "written from the tables in the code; change it there and run the target "
    "cistern_write_reference";

std::string capitalised(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    }
    return text;
}

std::string sentence(const std::string& text) {
    return text.empty() || text.ends_with('.') ? capitalised(text) : capitalised(text) + ".";
}

// Breaks `text` into comment lines of readable width.
std::string comment(const std::string& text) {
    constexpr std::size_t kWidth = 96;
    std::string result;
    std::string line{"#"};
    std::string_view rest{text};
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        if (line.size() + 1 + end > kWidth) {
            result += line + "\n";
            line = "#";
        }
        line += " " + std::string{rest.substr(0, end)};
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return result + line + "\n";
}

std::string option_comment(const PoolOption& option) {
    auto text = sentence(option.meaning) + " Allowed: " + option.type + ", " + option.range + ".";
    if (!option.zero.empty()) {
        text += " 0: " + option.zero + ".";
    }
    return comment(text);
}

std::string setting_comment(const Setting& setting) {
    auto text = sentence(setting.meaning);
    text += text.empty() ? "" : " ";
    text += "Allowed: " + short_allowed_text(setting) + ".";
    if (setting.type == SettingType::kSecret) {
        text += " No message shows it; better given as ${env:NAME} or ${file:path}.";
    }
    if (setting.required) {
        text += " Required.";
    }
    return comment(text);
}

// A value as a properties file must spell it.
std::string escaped(std::string_view value) {
    std::string text;
    for (const char byte : value) {
        switch (byte) {
            case '\\':
                text += "\\\\";
                break;
            case '\n':
                text += "\\n";
                break;
            case '\t':
                text += "\\t";
                break;
            default:
                text += byte;
        }
    }
    return text;
}

// A bar would end a table's cell.
std::string cell(std::string_view value) {
    std::string text;
    for (const char byte : value) {
        text += byte == '|'   ? std::string{"\\|"}
                : byte == '<' ? std::string{"&lt;"}
                              : std::string{byte};
    }
    return text;
}

std::string code(std::string_view value) {
    return value.empty() ? std::string{} : "`" + std::string{value} + "`";
}

std::string options_table() {
    std::string text =
        "| key | type | default | range | meaning | zero |\n"
        "|---|---|---|---|---|---|\n";
    for (const auto& option : pool_option_table()) {
        text += "| " + code(option.name) + " | " + option.type + " | " + code(option.default_text) +
                " | " + cell(option.range) + " | " + cell(sentence(option.meaning)) + " | " +
                cell(option.zero) + " |\n";
    }
    return text;
}

std::string settings_table(const PluginReference& plugin) {
    std::string text =
        "| key | default | allowed | meaning |\n"
        "|---|---|---|---|\n";
    for (const auto& setting : plugin.settings) {
        const auto shown_default = setting.required        ? std::string{"required"}
                                   : setting.default_value ? code(*setting.default_value)
                                                           : std::string{"none"};
        text += "| " + code(setting.name) + " | " + shown_default + " | " +
                cell(short_allowed_text(setting)) + " | " + cell(sentence(setting.meaning)) +
                " |\n";
    }
    return text;
}

constexpr const char* kHowItWorks = R"(# Configuration

A program that uses cistern reads one properties file:

```properties
pools = a
pool.a.plugin = echo
pool.a.max_size = 4
pool.a.echo.endpoint = 127.0.0.1:7007
```

`cisternctl check FILE` says what is wrong with such a file without opening a connection.

## Where a value comes from

The later one wins:

1. the default in the tables below;
2. for a plugin's settings, `plugins/<plugin>.properties` beside the file, where keys stand alone
   (`endpoint = ...`);
3. the file: `pool.<pool>.<option>` for the pool, `pool.<pool>.<plugin>.<setting>` for its plugin;
4. the environment: the key in capitals behind `CISTERN_`, with `_` for everything that is neither letter
   nor digit: `CISTERN_POOL_A_MAX_SIZE`, `CISTERN_POOL_A_ECHO_ENDPOINT`, `CISTERN_POOLS`,
   `CISTERN_PLUGINS_DIR`. A variable can set an option, a declared setting, or a key that a file has
   already. Programs that run with more rights than their caller ignore the environment.

A relative path in a file counts from that file's folder; in the environment, from the working folder.

## Problems stop the start

An unknown key, a bad value, a missing setting, options that contradict each other: all of them are
reported at once, each with file, line, key, value and what would be right. Nothing is repaired quietly.

```text
conf/cistern.properties:12: pool.a.max_sise: unknown key; did you mean pool.a.max_size?
conf/cistern.properties:13: pool.a.min_idle = "many": must be a whole number, from 0 to 100000
```

## How a file is written

`key = value` or `key: value`, in UTF-8. Lines that start with `#` or `!` are comments; a `#` further on
belongs to the value. A line that ends in a backslash goes on in the next one. Spaces around a value do not
belong to it. `\t`, `\n`, `\r`, `\f` and `\uXXXX` stand for what they stand for in Java; a backslash before a
space or one of `= : # ! " '` stands for that character; a backslash itself is written `\\`. Any other use
of a backslash is refused, and so is a key that is given twice.

- A duration is a whole number directly followed by `ns`, `us`, `ms`, `s`, `min` or `h`. A bare number is
  refused, because nobody can tell its unit; only `0` needs none.
- A size is a number of bytes, or one with `KiB`, `MiB` or `GiB`.

## Secrets

Any value may hold `${env:NAME}` or `${file:path}`. The file must belong to the user that the program runs as
and be closed to everybody else (`chmod 600`); the end of its last line does not count. `$${` stands for `${`
itself. What came from a reference, and every setting that is a secret, is shown by no message.

A plugin's settings that refer to a file are read again before each connection is opened, so a password is
changed by writing its file. The option `credentials` has a program give user and password instead; see
[operations](operations.md#change-a-password).
)";

}  // namespace

std::string reference_properties() {
    auto text =
        comment("Every key that cistern itself knows, with its default. This file is " +
                std::string{kGenerated} +
                ". docs/configuration.md says how files, environment and secrets go together.");
    for (const auto& key : framework_keys()) {
        text += "\n" + comment(key.meaning);
        if (key.name == "plugins.dir") {
            text += "# plugins.dir = plugins\n";
        } else if (key.name == "pools") {
            text += "pools = echo\n";
        } else {
            text += "pool.echo.plugin = echo\n";
        }
    }
    for (const auto& option : pool_option_table()) {
        text += "\n" + option_comment(option) + "# pool.echo." + option.name + " = " +
                option.default_text + "\n";
    }
    return text + "\n" +
           comment(
               "What the pool's plugin knows is set as pool.<pool>.<plugin>.<setting>; its "
               "defaults for "
               "all pools are in plugins/<plugin>.properties beside this file.") +
           "# pool.echo.echo.endpoint = 127.0.0.1:7007\n";
}

std::string plugin_properties(const PluginReference& plugin) {
    auto text = comment("Defaults for every pool that the plugin " + plugin.name +
                        " serves. This file is " + kGenerated + ".");
    for (const auto& setting : plugin.settings) {
        const bool is_pattern = setting.name.ends_with('*');
        text += "\n" + setting_comment(setting) + "# " +
                (is_pattern ? setting.name.substr(0, setting.name.size() - 1) + "<name>"
                            : setting.name) +
                " =" +
                (setting.default_value && !setting.default_value->empty()
                     ? " " + escaped(*setting.default_value)
                     : "") +
                "\n";
    }
    return text;
}

std::string manual_page(const std::vector<PluginReference>& plugins) {
    std::string text = "<!-- This page is " + std::string{kGenerated} + ". -->\n\n" + kHowItWorks +
                       "\n## Keys of the file\n\n| key | value | meaning |\n|---|---|---|\n";
    for (const auto& key : framework_keys()) {
        text += "| " + code(key.name) + " | " + key.allowed + " | " + cell(key.meaning) + " |\n";
    }
    text += "\n## Options of a pool\n\nEach is given as `pool.<pool>.<key>`.\n\n" + options_table();
    for (const auto& plugin : plugins) {
        text += "\n## Settings of the plugin " + plugin.name +
                "\n\nEach is given as `pool.<pool>." + plugin.name +
                ".<key>`, or as `<key>` in `plugins/" + plugin.name + ".properties`.\n\n" +
                settings_table(plugin);
    }
    return text;
}

}  // namespace cistern
