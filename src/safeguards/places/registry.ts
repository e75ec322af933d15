/**
 * Register of places (R18, R19): which of the configured and detected places may be used. Appends an audit entry for each that
 * begins, is refused or is abandoned.
 */
import type { Selectable } from 'kysely'
import type { StorageSite } from '#description/register-description.ts'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { judgeSite, type PlaceDescription, type SiteVerdict } from './attested-site.ts'
import { PlaceFault } from './place-faults.ts'
import type { PlaceKind, PlaceTables } from './place-tables.ts'

export interface ConfiguredPlace extends PlaceDescription {
  kind: PlaceKind
}

export interface JudgementContext {
  /** Sites of the description in force. */
  sites: readonly StorageSite[]
  /** In the register's time zone. */
  today: Temporal.PlainDate
  now: Temporal.Instant
}

export interface JudgedPlace {
  place: ConfiguredPlace
  id: string
  /** In use before and not abandoned since. */
  isKnown: boolean
  /** Opened under its id; false after a restore, which gives places new ids. */
  isReached: boolean
  mayBeUsed: boolean
  verdict: SiteVerdict
}

/** In use according to the database, whether configured or not. */
const foundInUse: readonly PlaceKind[] = ['tablespace', 'replica']
/** Places that receive data only once they are opened. */
const usedWhenReached: readonly PlaceKind[] = ['backup', 'ledger']

/** Decides about configured places. A known one with an expired attestation continues; a new one without any is refused. */
export async function judgePlaces(
  db: SafeguardsDatabase,
  places: readonly ConfiguredPlace[],
  by: JudgementContext,
): Promise<JudgedPlace[]> {
  const judged: JudgedPlace[] = []
  for (const place of places) judged.push(await judgePlace(db, place, by))
  return judged
}

/** @throws PlaceFault `place-unattested`, one line for each refused place */
export function assertAttested(judged: readonly JudgedPlace[]): void {
  const refused = judged.filter(({ mayBeUsed }) => !mayBeUsed)
  if (refused.length > 0) throw new PlaceFault('place-unattested', refused.map(describeRefused).join('; '))
}

export function describeRefused({ place, verdict }: JudgedPlace): string {
  return `The place ${place.name} (${place.location}) is not used: ${verdict.attested ? '' : verdict.why} (R19).`
}

function judgeUse(
  row: Pick<Selectable<PlaceTables['place_of_data']>, 'first_used_at' | 'reached_at' | 'state'> | undefined,
): { isKnown: boolean; isReached: boolean } {
  const isKnown = row !== undefined && row.first_used_at !== null && row.state !== 'left'
  return { isKnown, isReached: isKnown && row.reached_at !== null }
}

/** Decides about one place. */
export async function judgePlace(
  database: SafeguardsDatabase,
  place: ConfiguredPlace,
  { sites, today, now }: JudgementContext,
): Promise<JudgedPlace> {
  const db = safeguardsOf(database)
  const verdict = judgeSite(sites, place, today)
  const row = await db
    .selectFrom('place_of_data')
    .select(['id', 'state', 'first_used_at', 'reached_at', 'location', 'site', 'attested_until', 'fault'])
    .where('kind', '=', place.kind)
    .where('name', '=', place.name)
    .executeTakeFirst()
  const { isKnown, isReached } = judgeUse(row)
  const isInUse = isKnown || foundInUse.includes(place.kind)
  const mayBeUsed = isInUse || verdict.attested
  // A place that waits to be opened keeps the state and fault of the last attempt.
  const isWaiting = usedWhenReached.includes(place.kind) && verdict.attested && row?.state === 'unreachable'
  const begins = mayBeUsed && !isKnown && !usedWhenReached.includes(place.kind)
  const state = !mayBeUsed
    ? ('refused' as const)
    : !verdict.attested
      ? ('attestation-over' as const)
      : isWaiting || (usedWhenReached.includes(place.kind) && !isKnown)
        ? ('unreachable' as const)
        : ('in-use' as const)
  const values = {
    location: place.location,
    site: verdict.site?.id ?? null,
    state,
    ...(verdict.attested && { attested_until: verdict.site.nextReview }),
    ...(begins && { first_used_at: now, reached_at: now }),
    ...(!isWaiting &&
      !verdict.attested && {
        fault: verdict.why,
        fault_code: 'place-unattested',
        ...(row?.fault !== verdict.why && { fault_since: now }),
      }),
    ...(row?.fault != null && verdict.attested && !isWaiting && { fault: null, fault_code: null, fault_since: null }),
    ...(row?.state === 'left' && { first_used_at: begins ? now : null, keyring_whole: false, ledger_to: null }),
  }
  const isSame =
    row?.state === state && row.location === place.location && row.site === values.site && !('fault_since' in values)
  if (row && isSame && row.attested_until?.toString() === verdict.site?.nextReview.toString()) {
    return { place, id: row.id, isKnown, isReached, mayBeUsed, verdict }
  }
  const { id } = row
    ? await db
        .updateTable('place_of_data')
        .set(values)
        .where('id', '=', row.id)
        .returning('id')
        .executeTakeFirstOrThrow()
    : await db
        .insertInto('place_of_data')
        .values({ name: place.name, kind: place.kind, ...values } as never)
        .returning('id')
        .executeTakeFirstOrThrow()
  if (begins) await recordPlace(db, 'place.used', id, place, verdict)
  if (!mayBeUsed && row?.state !== 'refused') await recordPlace(db, 'place.refused', id, place, verdict)
  return { place, id, isKnown, isReached, mayBeUsed, verdict }
}

/**
 * Marks places that are no longer configured.
 * @returns their names
 */
export async function markPlacesUnused(
  database: SafeguardsDatabase,
  configured: readonly ConfiguredPlace[],
): Promise<string[]> {
  const db = safeguardsOf(database)
  const known = await db
    .selectFrom('place_of_data')
    .select(['id', 'kind', 'name', 'location'])
    .where('state', '<>', 'left')
    .execute()
  const unconfigured = known.filter(
    (row) => !configured.some(({ kind, name }) => kind === row.kind && name === row.name),
  )
  for (const { id, kind, name } of unconfigured) {
    await db
      .updateTable('place_of_data')
      .set({ state: 'left', fault: null, fault_code: null, fault_since: null })
      .where('id', '=', id)
      .execute()
    await db.deleteFrom('keyring_change').where('place', '=', id).execute()
    const detail = { place: name, kind }
    await appendAudit(db, { action: 'place.left', result: 'ok', object: { kind: 'place', id }, detail })
  }
  return unconfigured.map(({ name }) => name)
}

export async function recordPlace(
  db: SafeguardsDatabase,
  action: 'place.used' | 'place.refused',
  id: string,
  { name, kind }: Pick<ConfiguredPlace, 'name' | 'kind'>,
  verdict: SiteVerdict,
): Promise<void> {
  await appendAudit(db, {
    action,
    result: action === 'place.used' ? 'ok' : 'refused:place.unattested',
    object: { kind: 'place', id },
    detail: {
      place: name,
      kind,
      site: verdict.site?.id ?? null,
      until: verdict.attested ? verdict.site.nextReview.toString() : null,
    },
  })
}
