-- Files ready for release that an earlier version may have stored as they are sent. New ones are encrypted again.
alter table disclosure_package add column may_be_plain boolean not null default true;
alter table disclosure_package alter column may_be_plain set default false;
alter table subject_copy add column may_be_plain boolean not null default true;
alter table subject_copy alter column may_be_plain set default false;
