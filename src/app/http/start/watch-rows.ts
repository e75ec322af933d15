import { listOrders } from '#destruction/orders.ts'
import { termZone } from '#description/terms.ts'
import { listVerifications } from '#safeguards/audit/log-verifications.ts'
import { listAlarms } from '#safeguards/watch/alarms.ts'
import { listReviewMonths } from '#safeguards/watch/reviews.ts'
import { readProofs } from '#use/evidence/read-proofs.ts'
import { readReconciliation } from '#use/reconciliation/read-reconciliation.ts'
import { readRetention } from '#use/retention/read-retention.ts'
import type { WaitingRow, WaitingListViewer } from './waiting-row.ts'

/** Rows of those who oversee or operate: alarms, reviews, a broken log, broken promises, unexplained differences, faulty feeds. */
export async function watchRows(viewer: WaitingListViewer): Promise<WaitingRow[]> {
  const isOfficer = viewer.has('DATA_PROTECTION_OFFICER')
  return [
    ...(viewer.has('DATA_PROTECTION_OFFICER', 'ADMINISTRATOR', 'MAINTENANCE') ? await alarms(viewer) : []),
    ...(isOfficer ? await reviews(viewer) : []),
    ...(isOfficer ? await brokenLog(viewer) : []),
    ...(viewer.has('DATA_PROTECTION_OFFICER', 'ADMINISTRATOR') ? await brokenPromises(viewer) : []),
    ...(viewer.has('DATA_PROTECTION_OFFICER', 'ADMINISTRATOR', 'MAINTENANCE') ? await differences(viewer) : []),
  ]
}

async function alarms({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listAlarms(desk.db, session, { state: 'open' })
  if ('refused' in listed) return []
  return listed.alarms.map(({ kind, raisedAt }) => ({
    ...{ kind: 'alarm', about: kind, since: raisedAt, isDueNow: kind === 'standstill' },
  }))
}

async function reviews({ desk, session, now }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listReviewMonths(desk.db, session, now)
  if ('refused' in listed) return []
  return listed
    .filter(({ state }) => state === 'to-review' || state === 'overdue')
    .map(({ month, dueAt }) => ({
      kind: 'review',
      ...{ id: month.toString(), name: `${month.month}/${month.year}`, deadline: dueAt },
      since: month.add({ months: 1 }).toPlainDate({ day: 1 }).toZonedDateTime(termZone).toInstant(),
    }))
}

/** Returns a row if the last full verification of the log has findings. */
async function brokenLog({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listVerifications(desk.db, session)
  if ('refused' in listed) return []
  const last = listed.find(({ state }) => state === 'WHOLE' || state === 'BROKEN')
  return last?.state === 'BROKEN' ? [{ kind: 'log-broken', since: last.endedAt ?? last.askedAt, isDueNow: true }] : []
}

async function brokenPromises({ desk, now }: WaitingListViewer): Promise<WaitingRow[]> {
  const broken = (await readProofs(desk.db, now, await desk.custodian.logKey())).filter(({ holds }) => !holds)
  if (broken.length === 0) return []
  const [since] = broken
    .flatMap(({ brokenSince }) => (brokenSince === undefined ? [] : Temporal.Instant.from(brokenSince)))
    .sort((one, other) => Temporal.Instant.compare(one, other))
  return [{ kind: 'promise', count: broken.length, since, isDueNow: true }]
}

/** The period that the page *Täsmäytys* shows first: today and the six days before. */
const reconciledDays = 6

async function differences({ desk, session, now, has }: WaitingListViewer): Promise<WaitingRow[]> {
  const from = now.toZonedDateTimeISO(termZone).subtract({ days: reconciledDays }).startOfDay().toInstant()
  const found = await readReconciliation(desk.db, session, { from, to: now })
  if ('refused' in found) return []
  const unexplained = found.counts.reduce(
    (sum, { missing, missingExplained, untold, untoldExplained }) =>
      sum + missing - missingExplained + untold - untoldExplained,
    0,
  )
  const days = found.counts.filter((one) => one.missing > one.missingExplained || one.untold > one.untoldExplained)
  const [first] = days.map(({ day }) => day).sort((one, other) => Temporal.PlainDate.compare(one, other))
  return [
    ...(has('DATA_PROTECTION_OFFICER') && unexplained > 0
      ? [{ kind: 'unreconciled' as const, count: unexplained, since: first?.toZonedDateTime(termZone).toInstant() }]
      : []),
    ...found.feeds
      .filter(({ fault, behindSince }) => fault !== null || behindSince !== null)
      .map(({ name, faultAt, behindSince }): WaitingRow => {
        return { kind: 'feed', name, since: faultAt ?? behindSince ?? undefined, isDueNow: true }
      }),
  ]
}

const obstacleRoles = ['ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER', 'MAINTENANCE'] as const
/** Faults of retention (for the security unit only expired attestations), and preservation orders that end soon. */
export async function retentionRows(viewer: WaitingListViewer): Promise<WaitingRow[]> {
  const { has } = viewer
  return [
    ...(has(...obstacleRoles, 'SECURITY') ? await obstacles(viewer) : []),
    ...(has('SECURITY', 'DECISION_MAKER') ? await endingHolds(viewer) : []),
  ]
}

async function obstacles({ desk, session, has }: WaitingListViewer): Promise<WaitingRow[]> {
  const found = await readRetention(desk.db, session)
  if ('refused' in found) return []
  const rows = found.obstacles
    // If no backup was ever made, the first one is listed among the steps of the installation.
    .filter(({ kind }) => kind !== 'backup-none')
    .map(({ kind, since, deadline }): WaitingRow => {
      return {
        kind: 'obstacle',
        about: kind,
        since: since ?? undefined,
        deadline: deadline ?? undefined,
        isDueNow: true,
      }
    })
  return has(...obstacleRoles) ? rows : rows.filter(({ about }) => about === 'attestation-over')
}

const endingDays = 7

async function endingHolds({ desk, session, now }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listOrders(desk.db, session, 'in-force')
  if ('refused' in listed) return []
  return listed.orders
    .filter(({ until }) => until.since(now).total('hours') < 24 * endingDays)
    .map((order) => ({
      kind: 'hold-ending',
      ...{ name: order.order_reference, since: order.from_at, deadline: order.until },
    }))
}

/** Rows of those who run the installation: blockers, and components that do not answer. */
export async function blockerRows({ desk, has }: WaitingListViewer): Promise<WaitingRow[]> {
  if (!has('ADMINISTRATOR', 'MAINTENANCE')) return []
  const { blockers, missing, silentCaptures } = await desk.health()
  return [
    ...blockers.map(({ kind, of, since }): WaitingRow => {
      return { kind: 'blocker', about: kind, name: of, since: Temporal.Instant.from(since), isDueNow: true }
    }),
    ...[...missing, ...silentCaptures].map((name): WaitingRow => ({ kind: 'blocker', name, isDueNow: true })),
  ]
}
