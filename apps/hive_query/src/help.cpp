#include "help.hpp"

namespace hive_query {

std::string_view help_text() noexcept {
    return R"(hive-query: run SQL on a HiveServer2 (Apache Hive, Spark Thrift Server, Kyuubi, Impala)

Usage
  hive-query -u URL [-n USER] [-w FILE] -e STATEMENT
  hive-query -u URL -f FILE
  hive-query --conf FILE --pool NAME -e STATEMENT
  hive-query @NAME -e STATEMENT
  generate-sql | hive-query -u URL
  hive-query -u URL                            (a prompt, when standard input is a terminal)

Connection by URL
  -u URL                   jdbc:hive2://host:port/database;key=value?hiveconf=value#hivevar=value
  -n USER                  user name
  -w, --password-file FILE file that holds the password
  -p [PASSWORD]            the password, or a prompt for it. What stands on the command line can be
                           seen by other users until it is overwritten; prefer -w, or the environment
                           variable HIVE_QUERY_PASSWORD
  --hiveconf NAME=VALUE    a setting of the session (repeatable)
  --hivevar NAME=VALUE     a variable of the session, for ${NAME} in statements (repeatable)
  --fetch-size N           rows asked for at a time
  --connect-timeout TIME   longest wait for a session to open, as in 5s (default: 30s)
  --pool-size N            connections at most (default: one per worker)
  --plugins-dir DIR        folder to find the hive plugin in (repeatable; default: the installed one)

Connection by properties file
  --conf FILE              file that describes pools (default: $CISTERN_CONF when there is no -u)
  --pool NAME              which one (default: the only one)
  @NAME, -c NAME           the pool NAME of ~/.config/cistern/connections.properties

Statements
  -e STATEMENT             run this; may hold several, separated by semicolons (repeatable)
  -f FILE                  run the statements in FILE; - is standard input (repeatable)
  -i FILE                  run the statements in FILE first, without showing rows (repeatable)
  --force                  go on after a statement that failed
  --timeout TIME           end a statement that runs for longer, as in 30s, 10min
  --watch SECONDS          run everything again, that long after the last run, until Ctrl-C
  --norc                   do not run ~/.config/cistern/hive-query.rc at the prompt
  --workers N              run everything on N threads at once, and count rows instead of showing them
  --repeat M               run everything M times in all (default: once per worker)
  Without -e and -f the statements come from standard input; on a terminal there is a prompt, with
  history, completion by TAB and commands that !help lists.

Output
  --format FORMAT          table (default), csv, tsv, json, jsonl, vertical, markdown, dsv, xmlattr,
                           xmlelements, or a stream of Apache Arrow for a file or pipe: arrow, or
                           arrow-ns for timestamps in nanoseconds (1677 to 2262 only)
                           --outputformat is the same and knows csv2, tsv2, jsonfile
  --showHeader=false       leave out the column names
  --nullemptystring        show NULL as an empty value
  --null TEXT              show NULL as TEXT (default: NULL)
  --delimiterForDSV CHAR   what stands between the values of dsv (default: |)
  --maxColumnWidth N       cut what is wider in a table (default: nothing is cut)
  --pager COMMAND          at the prompt, for results longer than the screen: off, or a command
                           (default: $PAGER, or else less -S)
  --convertBinaryArrayToString
                           show BINARY as the bytes themselves, not in hexadecimal
  --log                    show the server's log of each statement
  --progress MODE          auto (default: on a terminal), always, never
  --stats                  show the pool's statistics at the end
  --silent                 rows and errors only
  --verbose                show each statement before it runs, and all that the server says of errors

Other
  -h, --help               this text
  --version                the version

Rows go to standard output, all else to standard error. Ctrl-C cancels the statement on the server; a
second one leaves at once.

Exit status
  0    all statements succeeded, or did until the reader of the output had enough
  1    wrong usage, no connection, or the output could not be written
  2    a statement failed or was cancelled
  130  left by Ctrl-C: the second one, or the first while nothing runs yet

Examples
  hive-query -u 'jdbc:hive2://localhost:10000/default;auth=noSasl' -e 'SHOW TABLES'
  hive-query -u jdbc:hive2://warehouse:10000/sales -n ada -w ~/.hive-password \
             --format csv -f report.sql > report.csv
  hive-query --conf conf/cistern.properties --workers 8 --repeat 100 --stats -e 'SELECT 1'
)";
}

}  // namespace hive_query
