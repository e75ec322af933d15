/** Refusals that database/functions/watch and database/functions/feeds raise with SQLSTATE SE001. */
export const watchRefusals = [
  'deny.role',
  'deny.purpose',
  'confirm.fresh',
  'not-found',
  'alarm.closed',
  'alarm.changed-meanwhile',
  'alarm.own',
  'reconciliation.nothing',
  'review.not-over',
  'review.own',
  'review.done',
] as const
export type WatchRefusal = (typeof watchRefusals)[number]
