import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { termZone } from '#description/terms.ts'
import { listCalibrations } from '#use/quality/calibrations.ts'
import { listEvaluations, type ListedEvaluation } from '#use/quality/evaluate.ts'
import { listOwnEvaluations } from '#use/quality/own-evaluations.ts'
import { describedNow } from '../desk.ts'
import type { WaitingRow, WaitingListViewer } from './waiting-row.ts'

/** Rows of evaluators: evaluations to begin, finish, release or answer. Rows of officials: their unread evaluations. */
export async function qualityRows(viewer: WaitingListViewer): Promise<WaitingRow[]> {
  const rows: WaitingRow[] = []
  if (viewer.isQualityExpert || viewer.has('SUPERVISOR')) {
    rows.push(...(await evaluations(viewer)), ...(await calibrations(viewer)))
  }
  if (viewer.has('OFFICIAL')) rows.push(...(await ownEvaluations(viewer)))
  return rows
}

async function evaluations({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listEvaluations(desk.db, session)
  if ('refused' in listed) return []
  const { numbering } = describedNow(desk)
  return listed.flatMap((one) => {
    const kind = rowKindOf(one)
    if (!kind) return []
    const { id, formName, number } = one
    return [
      {
        ...{ kind, id, name: `${formName}, ${displayPhoneNumber(number, numbering)}` },
        callAt: instantOf(one.startedAt),
        since: kind === 'disagreement' ? instantOf(one.disagreedAt) : drawnAt(one),
        deadline: instantOf(one.destroyAt),
      },
    ]
  })
}

function rowKindOf({ state, isMine, isTaken, disagreedAt, answeredAt }: ListedEvaluation) {
  if (state === 'WAITING' && (isMine || !isTaken)) return 'evaluation'
  if (!isMine) return undefined
  if (state === 'DRAFT') return 'evaluation-draft'
  return disagreedAt !== undefined && answeredAt === undefined ? 'disagreement' : undefined
}

/** A week is drawn once it has ended. */
function drawnAt({ week }: ListedEvaluation): Temporal.Instant | undefined {
  if (week === undefined) return undefined
  return Temporal.PlainDate.from(week).add({ weeks: 1 }).toZonedDateTime(termZone).toInstant()
}

/** Calibrations that the viewer has not joined. */
async function calibrations({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listCalibrations(desk.db, session)
  if ('refused' in listed) return []
  return listed.items
    .filter(({ closedAt, endedAt, myEvaluation }) =>
      [closedAt, endedAt, myEvaluation].every((one) => one === undefined),
    )
    .map(({ id, name, begunAt, destroyAt }) => ({
      kind: 'calibration',
      ...{ id, name, since: instantOf(begunAt) },
      deadline: instantOf(destroyAt),
    }))
}

async function ownEvaluations({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listOwnEvaluations(desk.db, session)
  if ('refused' in listed) return []
  return listed
    .filter(({ state }) => state === 'RELEASED')
    .map(({ id, formName, startedAt, releasedAt, destroyAt }) => ({
      kind: 'own-evaluation',
      ...{ id, name: formName },
      callAt: instantOf(startedAt),
      since: instantOf(releasedAt),
      deadline: instantOf(destroyAt),
    }))
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text)
}
