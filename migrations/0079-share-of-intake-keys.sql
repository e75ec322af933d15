-- One capture node takes no more intake keys than its share (docs/decisions/0078): the others would be left without, and record nothing.

-- As 0058-one-intake-key-a-recording.sql has it. A node has at most four stocks of keys that no recording has used; whoever is no
-- node of the register shares one such part with all others who are none. Beyond it there is one batch a minute, so that a node that
-- loses keys by crashing again and again goes on.
create or replace function take_intake_batches(taker uuid, most integer) returns table (id uuid, public_keys text[])
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  is_node boolean := exists (select from capture_node n where n.id = taker);
  unused bigint;
  latest timestamptz;
  share integer;
begin
  -- One at a time, or two would both find the share free. Nobody waits: capture asks again.
  if not pg_try_advisory_xact_lock(hashtext('seloste.intake-share'), case when is_node then hashtext(taker::text) else 0 end) then
    return;
  end if;
  select count(p.public_key), max(b.taken_at) into unused, latest
  from intake_batch b left join intake_private_key p on p.batch = b.id
    and not exists (select from recording r where r.intake_key = p.public_key and r.kept_at is null)
  where b.taken_at is not null
    and case when is_node then b.taken_by = taker else not exists (select from capture_node n where n.id = b.taken_by) end;
  share := ceil((4 * intake_keys_wanted() - unused) / 64.0);
  if share <= 0 then
    share := case when latest > clock_timestamp() - interval '1 minute' then 0 else 1 end;
  end if;
  return query
    update intake_batch b set taken_by = taker, taken_at = clock_timestamp()
    where b.id in (
      select n.id from intake_batch n where n.taken_at is null order by n.made_at limit least(most, share, 1024) for update skip locked
    )
    returning b.id, b.public_keys;
end $$;
