import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { listCalibrations } from '#use/quality/calibrations.ts'
import { listEvaluations, type ListedEvaluation } from '#use/quality/evaluate.ts'
import { listOwnEvaluations } from '#use/quality/own-evaluations.ts'
import { describedNow } from '../desk.ts'
import type { WaitingRow, Worker } from './waiting-row.ts'

/** Evaluations to begin, to finish, to release and to answer, for those who evaluate; unread ones, for their official. */
export async function qualityRows(worker: Worker): Promise<WaitingRow[]> {
  const rows: WaitingRow[] = []
  if (worker.isQualityExpert || worker.has('SUPERVISOR')) {
    rows.push(...(await evaluations(worker)), ...(await calibrations(worker)))
  }
  if (worker.has('OFFICIAL')) rows.push(...(await ownEvaluations(worker)))
  return rows
}

async function evaluations({ desk, session }: Worker): Promise<WaitingRow[]> {
  const listed = await listEvaluations(desk.db, session)
  if ('refused' in listed) return []
  const { numbering } = describedNow(desk)
  return listed.flatMap((one) => {
    const kind = waitingAs(one)
    if (!kind) return []
    const { id, formName, number, destroyAt, startedAt, disagreedAt } = one
    const since = kind === 'disagreement' ? disagreedAt : startedAt
    return [
      {
        ...{ kind, id, name: `${formName}, ${displayPhoneNumber(number, numbering)}` },
        since: since === undefined ? undefined : Temporal.Instant.from(since),
        deadline: destroyAt === undefined ? undefined : Temporal.Instant.from(destroyAt),
      },
    ]
  })
}

function waitingAs({ state, isMine, isTaken, disagreedAt, answeredAt }: ListedEvaluation) {
  if (state === 'WAITING' && (isMine || !isTaken)) return 'evaluation'
  if (!isMine) return undefined
  if (state === 'DRAFT') return 'evaluation-draft'
  if (state === 'FINISHED') return 'evaluation-finished'
  return disagreedAt !== undefined && answeredAt === undefined ? 'disagreement' : undefined
}

/** Calibrations that the viewer has not joined. */
async function calibrations({ desk, session }: Worker): Promise<WaitingRow[]> {
  const listed = await listCalibrations(desk.db, session)
  if ('refused' in listed) return []
  return listed.items
    .filter(({ closedAt, endedAt, myEvaluation }) =>
      [closedAt, endedAt, myEvaluation].every((one) => one === undefined),
    )
    .map(({ id, name, begunAt, destroyAt }) => ({
      kind: 'calibration',
      ...{ id, name, since: Temporal.Instant.from(begunAt) },
      deadline: destroyAt === undefined ? undefined : Temporal.Instant.from(destroyAt),
    }))
}

async function ownEvaluations({ desk, session }: Worker): Promise<WaitingRow[]> {
  const listed = await listOwnEvaluations(desk.db, session)
  if ('refused' in listed) return []
  return listed
    .filter(({ state }) => state === 'RELEASED')
    .map(({ id, formName, releasedAt, destroyAt }) => ({
      kind: 'own-evaluation',
      ...{ id, name: formName },
      since: Temporal.Instant.from(releasedAt),
      deadline: Temporal.Instant.from(destroyAt),
    }))
}
