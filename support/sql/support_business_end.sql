-- The moment at which so many seconds of business hours have passed since `first`. Each holiday may
-- cost a week, where a week has one business day.
CREATE FUNCTION support_business_end(first timestamptz, seconds numeric)
RETURNS timestamptz
LANGUAGE sql STABLE AS $$
WITH rules AS (
    SELECT rules.*, (first AT TIME ZONE rules.timezone)::date AS first_day,
           CASE WHEN cardinality(rules.business_days) = 0 THEN '{1,2,3,4,5}'::smallint[]
                ELSE rules.business_days END AS weekdays
    FROM accounts_countingrules rules
), hours AS (
    SELECT greatest(first, (day::date + rules.business_from) AT TIME ZONE rules.timezone) AS begins,
           (day::date + rules.business_until) AT TIME ZONE rules.timezone AS ends
    FROM rules, generate_series(
        rules.first_day, rules.first_day + 7 * (2 + ceil(seconds
            / extract(epoch FROM rules.business_until - rules.business_from)
            / cardinality(rules.weekdays))::int
            + (SELECT count(*) FROM unnest(rules.holidays) holiday
               WHERE holiday >= rules.first_day)::int),
        interval '1 day') day
    WHERE extract(isodow FROM day) = ANY (rules.weekdays) AND day::date <> ALL (rules.holidays)
), passed AS (
    SELECT hours.begins, sum(extract(epoch FROM hours.ends - hours.begins))
        OVER (ORDER BY hours.begins) AS until,
        extract(epoch FROM hours.ends - hours.begins) AS here
    FROM hours WHERE hours.ends > hours.begins
)
SELECT passed.begins + (seconds - passed.until + passed.here) * interval '1 second'
FROM passed WHERE passed.until >= seconds ORDER BY passed.begins LIMIT 1
$$;
