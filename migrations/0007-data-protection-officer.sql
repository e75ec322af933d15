-- The data protection officer reads logs and no content.
alter table access_right drop constraint access_right_role_check;
alter table access_right add constraint access_right_role_check check (role in (
  'OFFICIAL', 'SUPERVISOR', 'EXPERT', 'MAINTENANCE', 'SECURITY', 'SERVICE_UNIT', 'DECISION_MAKER', 'ACCESS_APPROVER',
  'ADMINISTRATOR', 'DATA_PROTECTION_OFFICER'));

alter table described_role drop constraint described_role_check;
alter table described_role add constraint described_role_check check (case role
  when 'OFFICIAL' then duty is null and scope in ('own', 'none') and purposes <@ '{DEVELOPMENT,INSPECTION}'
  when 'SUPERVISOR' then duty is null and scope in ('own', 'unit', 'none')
    and purposes <@ '{DEVELOPMENT,QUALITY,TRAINING,SERVICE_LEVEL_STUDY}'
  when 'EXPERT' then scope in ('own', 'numbers', 'none') and case duty
    when 'QUALITY' then purposes <@ '{DEVELOPMENT,QUALITY,SERVICE_LEVEL_STUDY}'
    when 'TRAINING' then purposes <@ '{TRAINING}'
    else false end
  when 'MAINTENANCE' then duty is null and scope in ('own', 'all', 'none') and purposes <@ '{MAINTENANCE}'
  when 'SECURITY' then duty is null and scope in ('own', 'all', 'none') and purposes <@ '{CRIME_OR_MISUSE}'
  when 'SERVICE_UNIT' then duty is null and scope in ('own', 'all', 'none') and purposes <@ '{INSPECTION}'
  when 'DECISION_MAKER' then duty is null and scope in ('own', 'none') and purposes = '{}'
  when 'ACCESS_APPROVER' then duty is null and scope in ('own', 'none') and purposes = '{}'
  when 'ADMINISTRATOR' then duty is null and scope in ('own', 'none') and purposes = '{}'
  when 'DATA_PROTECTION_OFFICER' then duty is null and scope in ('own', 'none') and purposes = '{}'
  else false end);
