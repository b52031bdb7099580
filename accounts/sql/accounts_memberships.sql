-- What each account belonged to at the end of a day: what it is now, or what was kept of it.
CREATE FUNCTION accounts_memberships(asked date)
RETURNS TABLE (account_id bigint, segment varchar, industry varchar, country varchar,
               region varchar, stage varchar, owner_email varchar)
LANGUAGE sql STABLE AS $$
SELECT a.id, coalesce(was.segment, a.segment), coalesce(was.industry, a.industry),
       coalesce(was.country, a.country), coalesce(was.region, a.region),
       coalesce(was.stage, a.stage), coalesce(was.owner_email, a.owner_email)
FROM accounts_account a LEFT JOIN (
    SELECT DISTINCT ON (past.account_id) past.*
    FROM accounts_pastmembership past WHERE past.until > asked
    ORDER BY past.account_id, past.until
) was ON was.account_id = a.id
$$;
