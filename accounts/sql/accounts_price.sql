-- The native price of some days: `discounts` is one of the tenant's rules.
CREATE FUNCTION accounts_price(listed numeric, percent numeric, discount numeric, until date,
                               day date, discounts text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN discounts = 'none' OR (until IS NOT NULL AND (discounts = 'forever' OR day >= until))
    THEN listed
    ELSE greatest(listed * (100 - coalesce(percent, 0)) / 100 - coalesce(discount, 0), 0) END;
