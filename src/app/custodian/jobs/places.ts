/**
 * Places of data kept (R18, R19, R52). In: the settings, the database's word on its own places. Out: the register of places up
 * to date every minute, every copy brought up to date that is not, a line in the log where one is refused, away or over.
 * A start with a new place of the register's own that has no attested site is refused. Never here: a file.
 */
import { termZone } from '#description/terms.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Settings } from '#platform/config/settings.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { isOnNetworkDrive } from '#platform/objects/network-drive.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { openPlaces, type Places } from '#safeguards/places/places.ts'
import { assertAttested, judgePlaces, leavePlaces, tellRefused, type ToldPlace } from '#safeguards/places/registry.ts'
import { isLedgerBehind, packagesWait } from '#safeguards/places/ship-ledger.ts'
import {
  isThisMachine,
  ownPlacesOfDatabase,
  describeCopyPlace,
  describeObjectStore,
  describeWitness,
} from '#safeguards/places/configured-places.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'
import type { Versions } from '../../roles/follow-versions.ts'

export interface PlacesJobOptions {
  db: HoldingSafeguards
  pool: EveryOptions['pool']
  keys: KeyStore
  settings: Settings
  versions: Pick<Versions, 'at'>
  clock: Clock
  log: Log
  intervalMs?: number
}

export interface PlacesJob {
  places: Places
  /** The witnesses that may be asked: one that is new has an attested site (R19). */
  witnesses: Settings['witnesses']
  stop: () => Promise<void>
}

const turnMs = 60_000
/** A machine that is lost does not take what it has destroyed along: the ledger's copies know it seconds later. */
const shipMs = 5_000

/** @throws PlaceFault `place-unattested` where one of the register's own places is new and has no attested site */
export async function startPlaces(options: PlacesJobOptions): Promise<PlacesJob> {
  const { db, pool, keys, settings, versions, clock, log } = options
  const sites = () => versions.at(clock.now()).description.storage.sites
  const judgedBy = () => {
    const now = clock.now()
    return { sites: sites(), today: now.toZonedDateTimeISO(termZone).toPlainDate(), now }
  }
  const own = await tellOwnPlaces(db, settings)
  assertAttested(await judgePlaces(db, own, judgedBy()))
  const asked = await judgePlaces(db, settings.witnesses.map(describeWitness), judgedBy())
  const witnesses = settings.witnesses.filter((_, index) => asked[index]?.mayBeUsed)
  const { backups, ledgerCopies, backupKey: recipient } = settings
  const places = openPlaces({ db, keys, backups, ledgerCopies, recipient, sites, now: () => clock.now() })
  /** What was said of a place, so that it is said once. */
  const said = new Map<string, string>()

  const turns = every({
    pool,
    intervalMs: options.intervalMs ?? turnMs,
    lockName: 'seloste.places',
    work: async () => {
      const told = await tellAll()
      const judged = await judgePlaces(db, told, judgedBy())
      for (const one of judged) {
        const { told: place, verdict } = one
        const line = verdict.attested
          ? undefined
          : one.mayBeUsed
            ? `The place ${place.name} (${place.location}) goes on being used though ${verdict.why} (R19).`
            : tellRefused(one)
        say(`site of ${place.kind} ${place.name}`, line)
      }
      for (const name of await leavePlaces(db, told)) log.info({ place: name }, 'a place of data is not used any more')
      const usable = new Set(judged.filter(({ mayBeUsed }) => mayBeUsed).map(({ told: place }) => place.name))
      for (const { place, fault } of await places.catchUp()) if (usable.has(place)) say(`reach of ${place}`, fault)
    },
    onError: (error) => {
      log.error({ err: error }, 'the places of data could not be looked after; it is tried again in a minute')
    },
  })

  const shipping = every({
    pool,
    intervalMs: shipMs,
    lockName: 'seloste.ledger-copies',
    work: async () => {
      // A package to an institute leaves no sooner than a restore would know of it (decision 42).
      if (await packagesWait(db)) {
        for (const { place, fault } of await places.catchUp()) say(`reach of ${place}`, fault)
        return
      }
      if (!(await isLedgerBehind(db))) return
      for (const { place, fault } of await places.shipLedger()) say(`reach of ${place}`, fault)
    },
    onError: (error) => {
      log.error(
        { err: error },
        'the copies of the destruction ledger could not be brought up to date; it is tried again',
      )
    },
  })

  function say(about: string, line: string | undefined): void {
    if (said.get(about) === line) return
    if (line === undefined) {
      said.delete(about)
      log.info(`${about}: right again`)
      return
    }
    said.set(about, line)
    log.warn(line)
  }

  async function tellAll(): Promise<ToldPlace[]> {
    return [
      ...(await tellOwnPlaces(db, settings)),
      ...(await Promise.all(backups.map((one) => describeCopyPlace('backup', one)))),
      ...(await Promise.all(ledgerCopies.map((one) => describeCopyPlace('ledger', one)))),
      ...settings.witnesses.map(describeWitness),
    ]
  }

  return {
    places,
    witnesses,
    stop: async () => {
      await Promise.all([turns.stop(), shipping.stop()])
    },
  }
}

/** Folders of the settings, the database, its tablespaces and replicas. */
async function tellOwnPlaces(db: HoldingSafeguards, settings: Settings): Promise<ToldPlace[]> {
  const folder = async (kind: 'data' | 'keys', location: string): Promise<ToldPlace> => ({
    kind,
    name: kind,
    location,
    elsewhere: await isOnNetworkDrive(location).catch(() => false),
    site: settings.sites[kind],
  })
  return [
    await folder('data', settings.dataDirectory),
    await describeObjectStore(settings),
    tellKeyStore(settings, await folder('keys', `${settings.dataDirectory}/keys`)),
    ...(await ownPlacesOfDatabase(db, settings.sites.database)),
  ]
}

/** Small secrets lie in the folder whatever keeps the wrapping keys; both are on one site. */
function tellKeyStore({ keys }: Settings, folder: ToldPlace): ToldPlace {
  if (keys.kind === 'file') return folder
  if (keys.kind === 'pkcs11')
    return { ...folder, location: `${folder.location}, token ${keys.token} of ${keys.module}` }
  const elsewhere = folder.elsewhere || !isThisMachine(new URL(keys.url).hostname)
  return { ...folder, location: `${folder.location}, ${keys.url}`, elsewhere }
}
