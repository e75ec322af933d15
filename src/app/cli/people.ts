import { parseArgs } from 'node:util'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { Settings } from '#platform/config/settings.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { Fault } from '#platform/fault.ts'
import { enterPerson, findPerson } from '#safeguards/people/enter-person.ts'
import { confirmExternalId } from '#safeguards/people/external-id.ts'
import { isPersonal } from '#safeguards/people/personal-user-id.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import { removeFactors } from '#safeguards/sign-in/factor-removals.ts'
import { makeOperatorsLink } from '#safeguards/sign-in/links.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { firstLinks, linkAddress } from './first-links.ts'
import { databaseUrlOf, withRunningDatabase } from './running-database.ts'

/**
 * `people add`: enters a person in a running Seloste and prints a one-time link for the first password. `people link`: a new
 * link, for somebody entered by the identity system or who forgot the password. `people remove-factors`: removes lost second
 * factors. `people confirm-external-id`: lets the identity provider sign a person in by the external id that the identity
 * system gave them later. `people first`: links for the two first people of an installation. Access rights are granted only by request and
 * approval.
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
      'external-id': { type: 'string' },
    },
  })
  const { 'user-id': userId, name, unit, phone, 'external-id': externalId } = values
  const [command] = positionals
  if (command === 'first') return printFirstLink(settings)
  if (command === 'link' && userId) return makeLink(settings, userId)
  if (command === 'remove-factors' && userId) return removeSecondFactors(settings, userId)
  if (command === 'confirm-external-id' && userId && externalId) return confirmId(settings, userId, externalId)
  if (command !== 'add' || !userId || !name) {
    throw new Fault(
      'argument-wrong',
      'people needs first, or add with --user-id and --name, or link or remove-factors with --user-id, or confirm-external-id with --user-id and --external-id; see "seloste help"',
    )
  }
  if (!isPersonal(userId)) {
    throw new Fault(
      'argument-wrong',
      `--user-id is "${userId}", the name of a function: an account belongs to one natural person, so name the person`,
    )
  }
  await withRunningDatabase(settings, 'people', async (db) => {
    const now = Temporal.Now.instant()
    const { numbering } = versionAt(await readVersions(db), now).description
    const phoneKey = phone === undefined ? undefined : normalisePhoneNumber(phone, numbering).key
    if (phoneKey === null) {
      throw new Fault('argument-wrong', `--phone is "${phone ?? ''}", which is not a telephone number`)
    }
    const entered = await enterPerson(db, {
      userId,
      name,
      employedFrom: now,
      ...(unit !== undefined && { unitId: await enterUnit(db, unit) }),
      ...(phoneKey !== undefined && { phoneKey }),
    })
    if ('refused' in entered)
      throw new Fault('user-id-taken', `the user id "${userId}" has been used; ids are never used again`)
    const token = await makeOperatorsLink(db, { personId: entered.id })
    console.log(`${name} (${userId}) sets the first password within 24 hours at ${linkAddress(settings, token)}`)
  })
}

async function printFirstLink(settings: Settings): Promise<void> {
  const url = await databaseUrlOf(settings)
  await refuseQuarantined(url)
  const lines = await firstLinks(settings, url)
  for (const line of lines) console.log(line)
  if (lines.length === 0) console.log('each of the roles that a new installation needs is held by somebody')
}

async function makeLink(settings: Settings, userId: string): Promise<void> {
  await withRunningDatabase(settings, 'people', async (db) => {
    const personId = await findPerson(db, userId)
    if (!personId) throw unknownUserId(userId)
    const token = await makeOperatorsLink(db, { personId })
    console.log(`${userId} sets a new password within 24 hours at ${linkAddress(settings, token)}`)
    console.log('A second factor is still required. Open sessions end when the link is used.')
  })
}

async function removeSecondFactors(settings: Settings, userId: string): Promise<void> {
  await withRunningDatabase(settings, 'people', async (db) => {
    const personId = await findPerson(db, userId)
    if (!personId) throw unknownUserId(userId)
    const had = await removeFactors(db, personId)
    console.log(
      had
        ? `removed the second factors of ${userId} and ended their sessions; a password shorter than 15 characters was removed too`
        : `${userId} has no second factor`,
    )
  })
}

async function confirmId(settings: Settings, userId: string, externalId: string): Promise<void> {
  await withRunningDatabase(settings, 'people', async (db) => {
    const personId = await findPerson(db, userId)
    if (!personId) throw unknownUserId(userId)
    if (!(await confirmExternalId(db, personId, externalId))) {
      throw new Fault('argument-wrong', `--external-id is "${externalId}", which is not the external id of ${userId}`)
    }
    console.log(`the identity provider signs ${userId} in by the external id "${externalId}"`)
  })
}

function unknownUserId(userId: string): Fault {
  return new Fault('not-found', `the directory has no person with the user id "${userId}"`)
}
