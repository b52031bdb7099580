-- Whenever a dimension of an account becomes another, what it was until then is kept.
-- What was empty and is filled in was not known before: it is filled in for the days before too.
-- And the day on which an account came into the book is one day: what it was at its end counts.
CREATE FUNCTION accounts_keep_membership() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_pastmembership
        (account_id, until, segment, industry, country, region, stage, owner_email)
    SELECT o.id, today.day,
           CASE WHEN o.segment = '' THEN n.segment ELSE o.segment END,
           CASE WHEN o.industry = '' THEN n.industry ELSE o.industry END,
           CASE WHEN o.country = '' THEN n.country ELSE o.country END,
           CASE WHEN o.region = '' THEN n.region ELSE o.region END,
           CASE WHEN o.stage = '' THEN n.stage ELSE o.stage END,
           CASE WHEN o.owner_email = '' THEN n.owner_email ELSE o.owner_email END
    FROM old_rows o JOIN new_rows n USING (id),
         (SELECT (now() AT TIME ZONE timezone)::date AS day, timezone
          FROM accounts_countingrules) today
    WHERE ((o.segment <> '' AND o.segment <> n.segment)
        OR (o.industry <> '' AND o.industry <> n.industry)
        OR (o.country <> '' AND o.country <> n.country)
        OR (o.region <> '' AND o.region <> n.region)
        OR (o.stage <> '' AND o.stage <> n.stage)
        OR (o.owner_email <> '' AND o.owner_email <> n.owner_email))
      AND NOT EXISTS (
          SELECT FROM accounts_accountevent e
          WHERE e.pgh_obj_id = o.id AND e.pgh_label = 'insert'
            AND e.pgh_created_at >= today.day::timestamp AT TIME ZONE today.timezone)
    ON CONFLICT (account_id, until) DO NOTHING;
    UPDATE accounts_pastmembership past
    SET segment = CASE WHEN past.segment = '' THEN n.segment ELSE past.segment END,
        industry = CASE WHEN past.industry = '' THEN n.industry ELSE past.industry END,
        country = CASE WHEN past.country = '' THEN n.country ELSE past.country END,
        region = CASE WHEN past.region = '' THEN n.region ELSE past.region END,
        stage = CASE WHEN past.stage = '' THEN n.stage ELSE past.stage END,
        owner_email = CASE WHEN past.owner_email = '' THEN n.owner_email
                           ELSE past.owner_email END
    FROM old_rows o JOIN new_rows n USING (id)
    WHERE past.account_id = o.id
      AND ((o.segment = '' AND past.segment = '' AND n.segment <> '')
        OR (o.industry = '' AND past.industry = '' AND n.industry <> '')
        OR (o.country = '' AND past.country = '' AND n.country <> '')
        OR (o.region = '' AND past.region = '' AND n.region <> '')
        OR (o.stage = '' AND past.stage = '' AND n.stage <> '')
        OR (o.owner_email = '' AND past.owner_email = '' AND n.owner_email <> ''));
    RETURN NULL;
END
$$;
