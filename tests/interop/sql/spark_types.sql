-- Every type a Spark table can hold: an ordinary row, the lower extremes, the upper extremes, and a
-- row of nothing but NULL.
DROP TABLE IF EXISTS interop_types;
CREATE TABLE interop_types (
  id INT,
  a_boolean BOOLEAN,
  a_tinyint TINYINT,
  a_smallint SMALLINT,
  an_int INT,
  a_bigint BIGINT,
  a_float FLOAT,
  a_double DOUBLE,
  a_decimal DECIMAL(10,2),
  a_long_decimal DECIMAL(38,18),
  a_whole_decimal DECIMAL(38,0),
  a_string STRING,
  a_varchar VARCHAR(20),
  a_char CHAR(5),
  a_binary BINARY,
  a_date DATE,
  a_timestamp TIMESTAMP,
  a_local_timestamp TIMESTAMP_NTZ,
  some_months INTERVAL YEAR TO MONTH,
  some_seconds INTERVAL DAY TO SECOND,
  an_array ARRAY<INT>,
  a_map MAP<STRING, DOUBLE>,
  a_struct STRUCT<name: STRING, amount: DECIMAL(6,3)>,
  a_nested ARRAY<STRUCT<day: DATE, tags: MAP<INT, ARRAY<STRING>>>>
) USING parquet;

INSERT INTO interop_types VALUES
(1, true, 12, 1234, 123456, 12345678901, 1.5, 2.718281828459045, 1234.50, 3.141592653589793238, 42,
 'plain text', 'varying', 'fixed', X'68697665', DATE '2024-02-29',
 TIMESTAMP '2024-02-29 12:34:56.789', TIMESTAMP_NTZ '2024-02-29 12:34:56.789',
 INTERVAL '3-4' YEAR TO MONTH, INTERVAL '5 06:07:08.9' DAY TO SECOND,
 array(1, 2, NULL), map('half', 0.5D, 'none', NULL), named_struct('name', 'first', 'amount', 7.125),
 array(named_struct('day', DATE '2024-03-01', 'tags', map(1, array('a', 'b'))))),
(2, false, -128, -32768, -2147483648, -9223372036854775808, CAST('-Infinity' AS FLOAT),
 CAST('-Infinity' AS DOUBLE), -99999999.99, -99999999999999999999.999999999999999999,
 -99999999999999999999999999999999999999, '', '', '', X'', DATE '0001-01-01',
 TIMESTAMP '0001-01-01 00:00:00', TIMESTAMP_NTZ '0001-01-01 00:00:00',
 INTERVAL '-178956970-8' YEAR TO MONTH, INTERVAL '-106751991 04:00:54.775808' DAY TO SECOND,
 array(), map(), named_struct('name', '', 'amount', NULL), array()),
(3, true, 127, 32767, 2147483647, 9223372036854775807, CAST('NaN' AS FLOAT),
 1.7976931348623157E308D, 99999999.99, 99999999999999999999.999999999999999999,
 99999999999999999999999999999999999999, 'quote " comma , tab \t line \n Zürich 世界 🜁', 'äöü', 'ß',
 X'00FF0D0A', DATE '9999-12-31', TIMESTAMP '9999-12-31 23:59:59.999999',
 TIMESTAMP_NTZ '9999-12-31 23:59:59.999999', INTERVAL '178956970-7' YEAR TO MONTH,
 INTERVAL '106751991 04:00:54.775807' DAY TO SECOND, array(2147483647), map('"', 4.9E-324D),
 named_struct('name', 'line\nbreak', 'amount', -999.999), array(NULL, named_struct('day', NULL, 'tags', NULL)));
INSERT INTO interop_types (id) VALUES (4);
