-- Types that only an expression has, and values that a table would change.
SELECT NULL AS nothing,
       make_interval(1, 2, 0, 3, 4, 5, 6.5) AS an_old_interval,
       CAST('-0.0' AS DOUBLE) AS minus_zero,
       CAST(0.1 AS FLOAT) AS a_tenth,
       INTERVAL '7' YEAR AS some_years,
       INTERVAL '90' MINUTE AS some_minutes,
       'Zu\u0308rich' AS decomposed;
