-- What nobody can hear in a recording, found when it is taken into keeping (docs/decisions/0091): sound of codecs that are kept and
-- not decoded, and packets of which nothing at all sounds. Both are null before, and of recordings kept by earlier versions.
alter table recording
  add column unplayed_ms integer check (unplayed_ms >= 0),
  add column is_silent boolean;
grant update (unplayed_ms, is_silent) on recording to seloste_custodian;
