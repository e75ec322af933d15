-- quality_form
alter table quality_form enable row level security;
grant select (draft, id, language, name, revision) on quality_form to seloste_desk;
create policy duty_reads on quality_form for select to seloste_desk using (exists (select from duty_rights('QUALITY')));

-- quality_form_version
alter table quality_form_version enable row level security;
grant select (content, form_id, name, published_at, published_by, version) on quality_form_version to seloste_desk;
create policy duty_reads on quality_form_version for select to seloste_desk using (exists (select from duty_rights('QUALITY')));
create trigger append_only before update or delete or truncate on quality_form_version for each statement execute function append_only();

-- sampling_plan
alter table sampling_plan enable row level security;
grant select (begun_at, days_left, ended_at, form_id, id, name, number, seed, unit_id, weekly) on sampling_plan to seloste_desk;
create policy duty_reads on sampling_plan for select to seloste_desk using (reaches_plan(sampling_plan));

-- sampling_draw
alter table sampling_draw enable row level security;
grant select (candidate_count, candidates, drawn_at, earlier, followed, followed_count, picked_count, plan_id, ranked, week) on sampling_draw to seloste_desk;
create policy duty_reads on sampling_draw for select to seloste_desk using (exists (select from sampling_plan p where p.id = plan_id));

-- calibration
alter table calibration enable row level security;

-- evaluation
alter table evaluation enable row level security;

-- quality_mark
alter table quality_mark enable row level security;
