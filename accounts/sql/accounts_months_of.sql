-- Months since the year 0: a day is one part of its own month, so that what is paid per month can
-- be accrued by the day.
CREATE FUNCTION accounts_months_of(day date) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN extract(year FROM day) * 12 + extract(month FROM day)
    + (extract(day FROM day) - 1)
    / extract(day FROM date_trunc('month', day::timestamp) + interval '1 month - 1 day');
