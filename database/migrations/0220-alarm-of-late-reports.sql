-- An alarm about a feed or node for which calls of several days ago stay open to changes.
alter table alarm drop constraint alarm_kind_check, add constraint alarm_kind_check check (kind in ('refusals', 'night', 'official', 'caller',
  'mass', 'reveals', 'sign-ins', 'break-glass', 'requests', 'unrecorded', 'untold', 'one-way', 'loss', 'links', 'directory', 'standstill',
  'late-window'));
