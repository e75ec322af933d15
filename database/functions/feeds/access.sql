-- feed_problem
alter table feed_problem enable row level security;
grant select on feed_problem to seloste_desk;
create policy desk_reconciles on feed_problem for select to seloste_desk
  using ((select viewer_is('DATA_PROTECTION_OFFICER') or viewer_is('ADMINISTRATOR') or viewer_is('MAINTENANCE')));
