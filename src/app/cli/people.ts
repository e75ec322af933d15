import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { enterPerson, findPerson, setPassword } from '#safeguards/people/enter-person.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { withRunningDatabase } from './running-database.ts'

/**
 * `people add`: enters a person in a running Seloste and prints a first password; `people password`: a new one, for whoever
 * the identity system entered or who forgot it. Rights come by procedure, not by this.
 */
export async function people(settings: Settings, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'user-id': { type: 'string' },
      name: { type: 'string' },
      unit: { type: 'string' },
      phone: { type: 'string' },
    },
  })
  const { 'user-id': userId, name, unit, phone } = values
  if (positionals[0] === 'password' && userId) return renewPassword(settings, userId)
  if (positionals[0] !== 'add' || !userId || !name) {
    throw new Fault(
      'argument-wrong',
      'people needs add with --user-id and --name, or password with --user-id; see "seloste help"',
    )
  }
  await withRunningDatabase(settings, 'people', async (db) => {
    const now = Temporal.Now.instant()
    const { numbering } = versionAt(await readVersions(db), now).description
    const phoneKey = phone === undefined ? undefined : normalisePhoneNumber(phone, numbering).key
    if (phoneKey === null) {
      throw new Fault('argument-wrong', `--phone is "${phone ?? ''}", which is no telephone number`)
    }
    const password = newPassword()
    const entered = await enterPerson(db, {
      userId,
      name,
      password,
      employedFrom: now,
      ...(unit !== undefined && { unitId: await enterUnit(db, unit) }),
      ...(phoneKey !== undefined && { phoneKey }),
    })
    if ('refused' in entered)
      throw new Fault('user-id-taken', `the user id "${userId}" has been used; ids are never used again`)
    console.log(`${name} can sign in as ${userId} with the first password ${password}`)
  })
}

async function renewPassword(settings: Settings, userId: string): Promise<void> {
  await withRunningDatabase(settings, 'people', async (db) => {
    const person = await findPerson(db, userId)
    if (!person) throw new Fault('not-found', `nobody in the directory has the user id "${userId}"`)
    const password = newPassword()
    await setPassword(db, person, password)
    console.log(
      `${userId} can sign in with the first password ${password}; sessions opened with the old one have ended`,
    )
  })
}

function newPassword(): string {
  return randomBytes(12).toString('base64url')
}
