CREATE FUNCTION accounts_monthly(amount numeric, per text, times integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN amount * CASE per WHEN 'day' THEN 365 WHEN 'week' THEN 52 ELSE 1 END
    / (times * CASE per
        WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'half_year' THEN 6 ELSE 12 END);
