-- Every type an Apache Hive table in ORC can hold: an ordinary row, the lower extremes, the upper
-- extremes, and a row of nothing but NULL.
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
  an_array ARRAY<INT>,
  a_map MAP<STRING, DOUBLE>,
  a_struct STRUCT<name: STRING, amount: DECIMAL(6,3)>,
  a_nested ARRAY<STRUCT<day: DATE, tags: MAP<INT, ARRAY<STRING>>>>
) STORED AS ORC;

INSERT INTO interop_types
SELECT 1, true, 12Y, 1234S, 123456, 12345678901, CAST(1.5 AS FLOAT), 2.718281828459045D,
       CAST(1234.50 AS DECIMAL(10,2)), CAST('3.141592653589793238' AS DECIMAL(38,18)),
       CAST(42 AS DECIMAL(38,0)), 'plain text', CAST('varying' AS VARCHAR(20)),
       CAST('fixed' AS CHAR(5)), unhex('68697665'), DATE '2024-02-29',
       TIMESTAMP '2024-02-29 12:34:56.789', array(1, 2, CAST(NULL AS INT)),
       map('half', 0.5D, 'none', CAST(NULL AS DOUBLE)),
       named_struct('name', 'first', 'amount', CAST(7.125 AS DECIMAL(6,3))),
       array(named_struct('day', DATE '2024-03-01', 'tags', map(1, array('a', 'b'))))
UNION ALL
SELECT 2, false, CAST('-128' AS TINYINT), CAST('-32768' AS SMALLINT), CAST('-2147483648' AS INT), CAST('-9223372036854775808' AS BIGINT),
       CAST('-Infinity' AS FLOAT), CAST('-Infinity' AS DOUBLE),
       CAST(-99999999.99 AS DECIMAL(10,2)), CAST('-99999999999999999999.999999999999999999' AS DECIMAL(38,18)),
       CAST('-99999999999999999999999999999999999999' AS DECIMAL(38,0)), '', CAST('' AS VARCHAR(20)),
       CAST('' AS CHAR(5)), unhex(''), DATE '0001-01-01', TIMESTAMP '0001-01-01 00:00:00',
       array(CAST('-2147483648' AS INT)), map('', 0.0D), named_struct('name', '', 'amount', CAST(NULL AS DECIMAL(6,3))),
       array(named_struct('day', CAST(NULL AS DATE), 'tags', map(0, array('x'))))
UNION ALL
SELECT 3, true, 127Y, 32767S, 2147483647, 9223372036854775807, CAST('NaN' AS FLOAT),
       1.7976931348623157E308D, CAST(99999999.99 AS DECIMAL(10,2)),
       CAST('99999999999999999999.999999999999999999' AS DECIMAL(38,18)),
       CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0)),
       'quote " comma , tab \t line \n Zürich 世界', CAST('äöü' AS VARCHAR(20)), CAST('ß' AS CHAR(5)),
       unhex('00FF0D0A'), DATE '9999-12-31', TIMESTAMP '9999-12-31 23:59:59.999999999',
       array(2147483647), map('"', 4.9E-324D),
       named_struct('name', 'line\nbreak', 'amount', CAST(-999.999 AS DECIMAL(6,3))),
       array(named_struct('day', DATE '9999-12-31', 'tags', map(-1, array('y', 'z'))));
INSERT INTO interop_types (id) SELECT 4;
