-- quality_form
alter table quality_form enable row level security;

-- quality_form_version
alter table quality_form_version enable row level security;
create trigger append_only before update or delete or truncate on quality_form_version for each statement execute function append_only();

-- sampling_plan
alter table sampling_plan enable row level security;

-- sampling_draw
alter table sampling_draw enable row level security;

-- calibration
alter table calibration enable row level security;

-- evaluation
alter table evaluation enable row level security;

-- quality_mark
alter table quality_mark enable row level security;
