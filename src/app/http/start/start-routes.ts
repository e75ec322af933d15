import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { inForce, type RegisterDescription } from '#description/register-description.ts'
import { rightsOf } from '#safeguards/access/grant.ts'
import type { Session } from '#safeguards/people/session.ts'
import { readSetup } from '#use/storage/read-setup.ts'
import { confinementOf } from '#use/requests/offices/room.ts'
import { registerOperations, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'
import { decisionRows } from './decision-rows.ts'
import { disclosureRows } from './disclosure-rows.ts'
import { qualityRows } from './quality-rows.ts'
import { requestDecisionRows, requestRows } from './request-rows.ts'
import { arrangeRows, type WaitingListViewer } from './waiting-row.ts'
import { blockerRows, retentionRows, watchRows } from './watch-rows.ts'

const areas = [
  requestRows,
  requestDecisionRows,
  disclosureRows,
  qualityRows,
  decisionRows,
  watchRows,
  retentionRows,
  blockerRows,
]

/**
 * The start page. Each area is read by the function of its own page, in the session's name, and only for roles that may read
 * it: a refusal would be logged.
 */
export function startRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listWaiting: async ({ session }) => {
      const viewer = await waitingListViewer(desk, session)
      // Reads the areas concurrently, each with one query after the other: a person has few areas.
      const rows = await Promise.all(areas.map((rowsOf) => rowsOf(viewer)))
      return { items: arrangeRows(rows.flat(), viewer.now) }
    },

    readSetup: ({ session }) => {
      const { version, description } = desk.versions.at(desk.clock.now())
      return viewed(readSetup(desk.db, session, description, desk.clock.now()), (setup) => ({
        ...setup,
        version,
        sip: [...desk.sip],
        alwaysRecorded: alwaysRecorded(description, desk.clock.now()),
      }))
    },
  })
}

/** Returns the viewer with their rights; without any in listening mode, where they are only the listener's host. */
async function waitingListViewer(desk: Desk, session: Session): Promise<WaitingListViewer> {
  const now = desk.clock.now()
  const confinement = await confinementOf(desk.db, session.token, undefined)
  const rights = confinement ? [] : await rightsOf(desk.db, session.personId, now)
  return {
    ...{ desk, session, rights, now },
    has: (...roles) => rights.some(({ role }) => roles.includes(role)),
    isQualityExpert: rights.some(({ role, duty }) => role === 'EXPERT' && duty === 'QUALITY'),
  }
}

/** Numbers whose calls are all recorded now, as people write them. */
function alwaysRecorded({ recordingPlan, numbering }: RegisterDescription, now: Temporal.Instant): string[] {
  const keys = recordingPlan.rules
    .filter(({ share, hours, quota, from, until }) => share === 1 && !hours && !quota && inForce(from, until, now))
    .flatMap(({ numbers }) => numbers)
  return [...new Set(keys)].map((key) => displayPhoneNumber(key, numbering))
}
