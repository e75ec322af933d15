/**
 * Maintains the places of data (R18, R19, R52): updates their list every minute, updates outdated copies, and logs places that
 * are refused, unreachable or expired. Refuses a start if one of the register's own places is new and has no attested site.
 */
import { termZone } from '#description/terms.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Settings } from '#platform/config/settings.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { isOnNetworkDrive } from '#platform/objects/network-drive.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { openPlaces, type Places } from '#safeguards/places/places.ts'
import {
  assertAttested,
  judgePlaces,
  markPlacesUnused,
  describeRefused,
  type ConfiguredPlace,
} from '#safeguards/places/registry.ts'
import { isLedgerBehind, arePackagesWaiting } from '#safeguards/places/ship-ledger.ts'
import {
  isThisMachine,
  describeDatabasePlaces,
  describeCopyPlace,
  describeObjectStore,
  describeWitness,
} from '#safeguards/places/configured-places.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import type { Versions } from '../../roles/follow-versions.ts'

export interface PlacesJobOptions {
  db: SafeguardsDatabase
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
  /** Configured witnesses that may be used: a new one needs an attested site (R19). */
  witnesses: Settings['witnesses']
  stop: () => Promise<void>
}

const checkMs = 60_000
/** The ledger's copies are updated within seconds, so that destructions stay on record if this machine is lost. */
const ledgerCopyMs = 5_000

/** @throws PlaceFault `place-unattested` if one of the register's own places is new and has no attested site */
export async function startPlaces(options: PlacesJobOptions): Promise<PlacesJob> {
  const { db, pool, keys, settings, versions, clock, log } = options
  const sites = () => versions.at(clock.now()).description.storage.sites
  const judgementContext = () => {
    const now = clock.now()
    return { sites: sites(), today: now.toZonedDateTimeISO(termZone).toPlainDate(), now }
  }
  const own = await describeOwnPlaces(db, settings)
  assertAttested(await judgePlaces(db, own, judgementContext()))
  const judgedWitnesses = await judgePlaces(db, settings.witnesses.map(describeWitness), judgementContext())
  const witnesses = settings.witnesses.filter((_, index) => judgedWitnesses[index]?.mayBeUsed)
  const { backups, ledgerCopies, backupKey: recipient } = settings
  const places = openPlaces({ db, keys, backups, ledgerCopies, recipient, sites, now: () => clock.now() })
  /** Last message per place, so that each is logged once. */
  const logged = new Map<string, string>()

  const checks = every({
    pool,
    intervalMs: options.intervalMs ?? checkMs,
    lockName: 'seloste.places',
    work: async () => {
      const described = await describeAll()
      const judged = await judgePlaces(db, described, judgementContext())
      for (const one of judged) {
        const { place, verdict } = one
        const line = verdict.attested
          ? undefined
          : one.mayBeUsed
            ? `The place ${place.name} (${place.location}) is still in use although ${verdict.why} (R19).`
            : describeRefused(one)
        logOnce(`site of ${place.kind} ${place.name}`, line)
      }
      for (const name of await markPlacesUnused(db, described))
        log.info({ place: name }, 'a place of data is no longer used')
      const usable = new Set(judged.filter(({ mayBeUsed }) => mayBeUsed).map(({ place }) => place.name))
      for (const { place, fault } of await places.catchUp()) if (usable.has(place)) logOnce(`reach of ${place}`, fault)
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot check the places of data; retrying in a minute')
    },
  })

  const shipping = every({
    pool,
    intervalMs: ledgerCopyMs,
    lockName: 'seloste.ledger-copies',
    work: async () => {
      // A package to an institute is released only once a backup contains the release (decision 42).
      if (await arePackagesWaiting(db)) {
        for (const { place, fault } of await places.catchUp()) logOnce(`reach of ${place}`, fault)
        return
      }
      if (!(await isLedgerBehind(db))) return
      for (const { place, fault } of await places.shipLedger()) logOnce(`reach of ${place}`, fault)
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot update the copies of the destruction ledger; retrying')
    },
  })

  function logOnce(subject: string, line: string | undefined): void {
    if (logged.get(subject) === line) return
    if (line === undefined) {
      logged.delete(subject)
      log.info(`${subject}: resolved`)
      return
    }
    logged.set(subject, line)
    log.warn(line)
  }

  async function describeAll(): Promise<ConfiguredPlace[]> {
    return [
      ...(await describeOwnPlaces(db, settings)),
      ...(await Promise.all(backups.map((one) => describeCopyPlace('backup', one)))),
      ...(await Promise.all(ledgerCopies.map((one) => describeCopyPlace('ledger', one)))),
      ...settings.witnesses.map(describeWitness),
    ]
  }

  return {
    places,
    witnesses,
    stop: async () => {
      await Promise.all([checks.stop(), shipping.stop()])
    },
  }
}

/** Returns the register's own places: folders of the settings, the store, the keys, and the database with its replicas. */
async function describeOwnPlaces(db: SafeguardsDatabase, settings: Settings): Promise<ConfiguredPlace[]> {
  const folder = async (kind: 'data' | 'keys', location: string): Promise<ConfiguredPlace> => ({
    kind,
    name: kind,
    location,
    elsewhere: await isOnNetworkDrive(location).catch(() => false),
    site: settings.sites[kind],
  })
  return [
    await folder('data', settings.dataDirectory),
    await describeObjectStore(settings),
    describeKeyStore(settings, await folder('keys', `${settings.dataDirectory}/keys`)),
    ...(await describeDatabasePlaces(db, settings.sites.database)),
  ]
}

/** Describes the key store. Small secrets are in the folder even if the wrapping keys are elsewhere; both have one site. */
function describeKeyStore({ keys }: Settings, folder: ConfiguredPlace): ConfiguredPlace {
  if (keys.kind === 'file') return folder
  if (keys.kind === 'pkcs11')
    return { ...folder, location: `${folder.location}, token ${keys.token} of ${keys.module}` }
  const elsewhere = folder.elsewhere || !isThisMachine(new URL(keys.url).hostname)
  return { ...folder, location: `${folder.location}, ${keys.url}`, elsewhere }
}
