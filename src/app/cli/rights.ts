import { parseArgs } from 'node:util'
import { termZone } from '#description/terms.ts'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { readRightsAsOwner, type RightRecord } from '#safeguards/access/read-procedure.ts'
import { findPerson } from '#safeguards/people/enter-person.ts'
import { unitNames } from '#safeguards/people/units.ts'
import { currentNames } from '#safeguards/people/name-people.ts'
import { withRunningDatabase } from './running-database.ts'

/**
 * `rights list`: every present and future right. `rights show --user-id ID`: one person's present and past rights with their
 * decisions. Rights change only by the procedure.
 */
export async function rights(settings: Settings, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'user-id': { type: 'string' } },
  })
  const userId = values['user-id']
  if (positionals[0] === 'list' && userId === undefined) return print(settings, undefined)
  if (positionals[0] === 'show' && userId !== undefined) return print(settings, userId)
  throw new Fault('argument-wrong', 'rights needs list, or show with --user-id; see "seloste help"')
}

async function print(settings: Settings, userId: string | undefined): Promise<void> {
  await withRunningDatabase(settings, 'rights', async (db) => {
    const personId = userId === undefined ? undefined : await findPerson(db, userId)
    if (userId !== undefined && personId === undefined) {
      throw new Fault('not-found', `the directory has no person with the user id "${userId}"`)
    }
    const records = await readRightsAsOwner(db, personId, Temporal.Now.instant())
    const people = records.flatMap(({ personId: id, requestedBy, approvedBy, revoked, reviews }) =>
      [id, requestedBy, approvedBy, revoked?.by, ...reviews.map(({ by }) => by)].filter(
        (one) => typeof one === 'string',
      ),
    )
    const [names, units] = [await currentNames(db, people), await unitNames(db)]
    const name = (id: string | null) => (id === null ? 'nobody' : (names.get(id) ?? id))
    if (records.length === 0) console.log(userId === undefined ? 'nobody has any right' : `${userId} has no rights`)
    for (const record of records) {
      for (const line of describe(record, name, units)) console.log(line)
    }
  })
}

function describe(
  right: RightRecord,
  name: (id: string | null) => string,
  units: ReadonlyMap<string, string>,
): string[] {
  const { scope, origin, revoked, reviews, doubts, reason, requestedBy, approvedBy, grantedAt } = right
  const role = right.role + (right.duty ? ` (${right.duty})` : '')
  const reach = [...scope.units.map((id) => units.get(id) ?? id), ...scope.numbers].join(', ')
  const until = right.until ? ` until ${dayOf(right.until.subtract({ nanoseconds: 1 }))}` : ''
  const decided =
    origin === 'installation'
      ? `granted by the installation on ${dayOf(grantedAt)}`
      : `asked for by ${name(requestedBy)}, approved by ${name(approvedBy)} on ${dayOf(grantedAt)}${reason ? `: ${reason}` : ''}`
  return [
    `${name(right.personId)}  ${role}  ${right.state}  from ${dayOf(right.from)}${until}`,
    `    ${right.purposes.join(', ') || 'no purpose'}; reaches ${scope.kind}${reach ? `: ${reach}` : ''}; now ${right.reaches.join(', ') || 'nothing'}`,
    `    ${decided}`,
    ...reviews.map(
      ({ at, by, kept: isKept, note }) =>
        `    ${isKept ? 'kept' : 'ended'} by a review of ${name(by)} on ${dayOf(at)}${note ? `: ${note}` : ''}`,
    ),
    ...(revoked
      ? [`    ended on ${dayOf(revoked.at)} (${revoked.cause})${revoked.reason ? `: ${revoked.reason}` : ''}`]
      : []),
    ...(doubts.length > 0 ? [`    doubtful: ${doubts.join(', ')}`] : []),
  ]
}

function dayOf(instant: Temporal.Instant): string {
  return instant.toZonedDateTimeISO(termZone).toPlainDate().toString()
}
