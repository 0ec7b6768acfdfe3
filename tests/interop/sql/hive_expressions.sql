-- Types that only an expression has, or that ORC cannot hold.
SELECT NULL AS nothing,
       CAST('2024-02-29 12:00:00 Europe/Zurich' AS TIMESTAMP WITH LOCAL TIME ZONE) AS an_instant,
       INTERVAL '3-4' YEAR TO MONTH AS some_months,
       INTERVAL '-5 6:07:08.9' DAY TO SECOND AS some_seconds,
       create_union(0, 1, 'one') AS a_union,
       CAST('-0.0' AS DOUBLE) AS minus_zero,
       CAST(0.1 AS FLOAT) AS a_tenth,
       array(named_struct('deep', map(1, array('x')))) AS a_nested;
