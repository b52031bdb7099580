-- The seconds of business hours in [first, last), by the tenant's rules and in its time zone.
CREATE FUNCTION support_business_seconds(first timestamptz, last timestamptz)
RETURNS numeric
LANGUAGE sql STABLE AS $$
SELECT coalesce(sum(greatest(extract(epoch FROM
    least(last, (day::date + rules.business_until) AT TIME ZONE rules.timezone)
    - greatest(first, (day::date + rules.business_from) AT TIME ZONE rules.timezone)), 0)), 0)
FROM accounts_countingrules rules,
     generate_series((first AT TIME ZONE rules.timezone)::date,
                     (last AT TIME ZONE rules.timezone)::date, interval '1 day') day
WHERE extract(isodow FROM day) = ANY (CASE WHEN cardinality(rules.business_days) = 0
    THEN '{1,2,3,4,5}'::smallint[] ELSE rules.business_days END)
  AND day::date <> ALL (rules.holidays)
$$;
