-- The address that media came from and that the session description did not name is one more member of a recording's reception.

alter table recording drop constraint recording_reception_members;
alter table recording add constraint recording_reception_members check (
  reception - '{trunk,client,streams,lostMs,oneWay,isSilent,elsewhere}'::text[] = '{}'
  and coalesce(reception ->> 'elsewhere', '::') ~ '^[0-9a-f.:]{2,45}(%[0-9A-Za-z._-]{1,15})?$');
