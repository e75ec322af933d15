/**
 * Intake keys: one X25519 pair a day. The public half goes to capture, days ahead, so that it can seal while everything
 * else is down; the private half stays with the custodian and is destroyed a week after its day.
 */
import { appendToLedger } from '../ledger/append-to-ledger.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { KeyStore } from './key-store.ts'
import { destroyKey } from './retire-versions.ts'

const daysAhead = 8
const daysKept = 7

/** Makes an X25519 pair in age's writing: identity AGE-SECRET-KEY-1…, recipient age1… */
export type MakePair = () => { identity: string; recipient: string }

/** Makes the pairs of today and of the days ahead where they are missing. Days are UTC. */
export async function prepareIntakeKeys(
  holding: HoldingSafeguards,
  store: KeyStore,
  makePair: MakePair,
  now: Temporal.Instant,
): Promise<void> {
  const db = safeguardsOf(holding)
  const today = dayOf(now)
  for (let ahead = 0; ahead < daysAhead; ahead++) {
    const day = today.add({ days: ahead })
    const published = await db.selectFrom('intake_key').select('day').where('day', '=', day).executeTakeFirst()
    if (published) continue
    // A private half without its public one was left by a crash between the two; nothing was ever sealed to it.
    await store.destroy(intakeKeyName(day))
    const pair = makePair()
    await store.write(intakeKeyName(day), Buffer.from(pair.identity, 'utf8'))
    await db.insertInto('intake_key').values({ day, public_key: pair.recipient, private_destroyed_at: null }).execute()
  }
}

/** The public halves that capture may seal to, by day. */
export async function readIntakeKeys(
  holding: HoldingSafeguards,
): Promise<{ day: Temporal.PlainDate; publicKey: string }[]> {
  const db = safeguardsOf(holding)
  return db
    .selectFrom('intake_key')
    .select(['day', 'public_key as publicKey'])
    .orderBy('day')
    .where('private_destroyed_at', 'is', null)
    .execute()
}

/** The private half of a day (AGE-SECRET-KEY-1…); nothing once it is destroyed. */
export async function intakeIdentity(store: KeyStore, day: Temporal.PlainDate): Promise<string | undefined> {
  return (await store.read(intakeKeyName(day)))?.toString('utf8')
}

/** Destroys the private halves whose week is over, and says so in the ledger. Returns their days. */
export async function destroyOldIntakeKeys(
  holding: HoldingSafeguards,
  store: KeyStore,
  now: Temporal.Instant,
): Promise<Temporal.PlainDate[]> {
  const db = safeguardsOf(holding)
  const oldestKept = dayOf(now).subtract({ days: daysKept })
  const published = await db
    .selectFrom('intake_key')
    .select('day')
    .where('day', '<', oldestKept)
    .where('private_destroyed_at', 'is', null)
    .execute()
  // By day as well as by name: a crash may have come between a key and its note.
  const days = new Set(published.map(({ day }) => day.toString()))
  for (const name of await store.names()) {
    const day = /^intake-(\d{4}-\d{2}-\d{2})$/.exec(name)?.[1]
    if (day !== undefined && day < oldestKept.toString()) days.add(day)
  }
  const destroyed: Temporal.PlainDate[] = []
  for (const written of [...days].sort()) {
    const day = Temporal.PlainDate.from(written)
    const receipt = await destroyKey(store, intakeKeyName(day))
    await db.transaction().execute(async (tx) => {
      await tx
        .updateTable('intake_key')
        .set({ private_destroyed_at: now })
        .where('day', '=', day)
        .where('private_destroyed_at', 'is', null)
        .execute()
      await appendToLedger(tx, {
        kind: 'intake-key',
        name: written,
        cause: 'retention',
        doneBy: 'destroyer',
        detail: {},
        targets: { receipts: [receipt] },
      })
    })
    destroyed.push(day)
  }
  return destroyed
}

/** The intake day of an instant. */
export function dayOf(instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO('UTC').toPlainDate()
}

export function intakeKeyName(day: Temporal.PlainDate): string {
  return `intake-${day.toString()}`
}
