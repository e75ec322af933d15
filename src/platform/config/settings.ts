// Reads and checks settings from the environment and a YAML file; the environment wins. A wrong one is one line: the setting,
// the value found, the values allowed. Messages never contain secrets.
import { statSync, type Stats } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  formatEndpoint,
  isLoopback,
  parseEndpoint,
  parsePortRange,
  type Endpoint,
  type PortRange,
} from './addresses.ts'
import { readSplitRoles, type SplitRoleSettings } from './split-roles.ts'
import { readConfigFile } from './config-file.ts'
import { readIntegrations, type IntegrationSettings } from './integrations.ts'
import { ConfigFault, wrongSetting } from './faults.ts'
import {
  parsePublicUrl,
  readIdentityProvider,
  readRequesterIdentity,
  type IdentityProviderSettings,
  type RequesterIdentitySettings,
} from './identity-provider.ts'
import { readKeyStore, type KeyStoreSettings } from './key-store.ts'
import {
  settingNames,
  defaultValue,
  type SettingReader,
  type SettingName,
  type NameWithDefault,
} from './settings-table.ts'
import { assertSourcesKnown, readSipSecurity, type SipSecurity } from './sip-security.ts'
import {
  assertPlacesSeparate,
  checkBackupKey,
  parseObjects,
  parsePlaces,
  parseTimeOfDay,
  type FolderAddress,
  type PlaceSetting,
  type S3Address,
} from './places.ts'

export type Settings = {
  /** SELOSTE_DATA, absolute: folder of everything embedded. */
  dataDirectory: string
  /** The settings file that was read. */
  configFile: string | undefined
  http: Endpoint
  /** SELOSTE_PUBLIC_URL: the origin of the web interface. Default on loopback: localhost. */
  publicUrl: string | undefined
  /** SIP over UDP and TCP. */
  sip: Endpoint
  /** SIP over TLS. */
  sips: Endpoint
  rtp: PortRange
  /** Allowed sources, and our certificate. */
  sipSecurity: SipSecurity
  /** Settings of roles with operating system users or machines of their own. */
  splitRoles: SplitRoleSettings
  /** DATABASE_URL; `undefined`: the embedded PostgreSQL. */
  databaseUrl: string | undefined
  /** OBJECTS_URL: where sealed recordings are stored; default: `objects` below the data directory. */
  objects: FolderAddress | S3Address
  /** SELOSTE_KEYS: the custodian's key store. */
  keys: KeyStoreSettings
  /** SELOSTE_DESCRIPTION: the register description of a new installation; `undefined`: the program's own. */
  descriptionFile: string | undefined
  /** SELOSTE_ENGINES, absolute: file of external engines (docs/formats/voice-process.md). */
  enginesFile: string | undefined
  /** SELOSTE_TRUNKS: file of recording clients (docs/operate/recording-clients.md). */
  trunksFile: string | undefined
  /**
   * SELOSTE_UNPLAYABLE: handling of calls whose client offers only codecs that cannot be played
   * (docs/operate/recording-clients.md).
   */
  unplayable: Unplayable
  /** SELOSTE_FEEDS: file of telephone systems that report detail records (docs/operate/feeds.md). */
  feedsFile: string | undefined
  /** SELOSTE_SITES: storage site, by id, of each place of data; places that are not named are left out. */
  sites: Partial<Record<PlaceOfData, string>>
  /** SELOSTE_DATABASE_ADMINISTRATORS: database roles that may read everything, besides the first superuser and the owner. */
  databaseAdministrators: readonly string[]
  /** SELOSTE_OIDC_...; `undefined`: no sign-in through an identity provider. */
  identityProvider: IdentityProviderSettings | undefined
  /** SELOSTE_REQUESTERS_OIDC_...; `undefined`: no strong identification of requesters. */
  requesterIdentity: RequesterIdentitySettings | undefined
  /**
   * SELOSTE_WITNESSES: who cosigns the audit log. `key` is a verifier key of C2SP tlog-cosignature, `site` the witness's
   * storage site in the description.
   */
  witnesses: readonly { url: string; key: string; site?: string | undefined }[]
  /** SELOSTE_BACKUPS: places of backups and of copies of the keyring and the ledger. */
  backups: readonly PlaceSetting[]
  /** SELOSTE_BACKUP_KEY: the age recipient (age1…) of backups; set if there are places of backups. */
  backupKey: string | undefined
  /** SELOSTE_BACKUP_AT: local start time of the nightly backup. */
  backupAt: Temporal.PlainTime
  /** SELOSTE_CHECK_SECONDS: interval between checks of promises, in milliseconds. */
  checkMs: number
  /** SELOSTE_LEDGER: additional copies of the destruction ledger. */
  ledgerCopies: readonly PlaceSetting[]
  /** Webhooks, decisions, traces. */
  integrations: IntegrationSettings
  /** SELOSTE_DEMO_PASSWORD; `undefined`: the demo generates one and prints it. */
  demoPassword: string | undefined
}

/** Places that may have a site of their own: everything below SELOSTE_DATA, the objects, the keys, the database. */
const placesOfData = ['data', 'objects', 'keys', 'database'] as const
export type PlaceOfData = (typeof placesOfData)[number]

const unplayables = ['history', 'keep', 'refuse'] as const
/** Handling of unplayable calls: history only; record as received, with a mark; or refuse, so that the client transcodes. */
type Unplayable = (typeof unplayables)[number]

/** Settings have the same names in the file as in the environment. */
const fileNames = settingNames.filter((name) => name !== 'SELOSTE_CONFIG')
const minPasswordLength = 8
/** Folders below SELOSTE_DATA. */
const ownFolders = ['database', 'objects', 'keys', 'token', 'capture', 'feeds', 'custodian', 'audit-log', 'ledger']

/**
 * Reads and checks every setting. An empty environment variable counts as unset.
 * @param environment `process.env`
 * @param folder base of relative paths: the current folder
 * @throws ConfigFault `setting-wrong`, `config-file-wrong`: one line for the operator; the start ends
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>, folder: string): Settings {
  const { file, path: configFile } = findConfigFile(environment, folder)
  const given: SettingReader = (name) => environment[name] || file?.get(name)
  const setting = (name: NameWithDefault): string => given(name) ?? defaultValue(name)

  const dataDirectory = resolve(folder, setting('SELOSTE_DATA'))
  assertFolder('SELOSTE_DATA', dataDirectory)
  const backups = parsePlaces('SELOSTE_BACKUPS', given('SELOSTE_BACKUPS'), folder)
  const http = parseEndpoint('SELOSTE_HTTP', setting('SELOSTE_HTTP'))
  const sipSecurity = readSipSecurity(given, folder)
  const settings: Settings = {
    dataDirectory,
    configFile: file ? configFile : undefined,
    http,
    publicUrl: publicUrlOf(given('SELOSTE_PUBLIC_URL'), http),
    sip: parseEndpoint('SELOSTE_SIP', setting('SELOSTE_SIP')),
    sips: parseEndpoint('SELOSTE_SIPS', setting('SELOSTE_SIPS')),
    rtp: parsePortRange('SELOSTE_RTP', setting('SELOSTE_RTP')),
    sipSecurity,
    splitRoles: readSplitRoles(given, folder),
    integrations: readIntegrations(given, folder, sipSecurity.sipsFiles !== undefined),
    databaseUrl: checkDatabaseUrl(given('DATABASE_URL')),
    objects: readObjects(given('OBJECTS_URL'), dataDirectory, folder),
    keys: readKeyStore(given('SELOSTE_KEYS')),
    descriptionFile: checkFile('SELOSTE_DESCRIPTION', given('SELOSTE_DESCRIPTION'), folder, 'a register description'),
    // Checked only where it is read: everything else works without the file.
    enginesFile: given('SELOSTE_ENGINES') === undefined ? undefined : resolve(folder, given('SELOSTE_ENGINES')!),
    trunksFile: checkFile('SELOSTE_TRUNKS', given('SELOSTE_TRUNKS'), folder, 'a file of trunks'),
    unplayable: readUnplayable(setting('SELOSTE_UNPLAYABLE')),
    feedsFile: checkFile('SELOSTE_FEEDS', given('SELOSTE_FEEDS'), folder, 'a file of feeds'),
    sites: checkSites(given('SELOSTE_SITES')),
    databaseAdministrators: (given('SELOSTE_DATABASE_ADMINISTRATORS') ?? '').split(/[\s,]+/).filter(Boolean),
    identityProvider: readIdentityProvider(given, folder),
    requesterIdentity: readRequesterIdentity(given, folder),
    witnesses: checkWitnesses(given('SELOSTE_WITNESSES')),
    backups,
    backupKey: checkBackupKey(given('SELOSTE_BACKUP_KEY'), backups),
    backupAt: parseTimeOfDay('SELOSTE_BACKUP_AT', setting('SELOSTE_BACKUP_AT')),
    checkMs: readSeconds('SELOSTE_CHECK_SECONDS', setting('SELOSTE_CHECK_SECONDS')) * 1000,
    ledgerCopies: parsePlaces('SELOSTE_LEDGER', given('SELOSTE_LEDGER'), folder),
    demoPassword: checkDemoPassword(given('SELOSTE_DEMO_PASSWORD')),
  }
  if ((settings.identityProvider ?? settings.requesterIdentity) && settings.publicUrl === undefined) {
    throw wrongSetting(
      'SELOSTE_PUBLIC_URL',
      '',
      'where browsers reach Seloste: the identity provider sends them back there',
    )
  }
  assertDistinctPorts(settings)
  assertSourcesKnown(settings.sip, sipSecurity)
  const { objects } = settings
  assertPlacesSeparate(
    settings.backups,
    settings.ledgerCopies,
    [...(objects.kind === 'folder' ? [objects.folder] : []), ...ownFolders.map((name) => join(dataDirectory, name))],
    objects,
  )
  return settings
}

/** Parses a number of seconds: at most five minutes, after which a proof would be too old. */
function readSeconds(name: string, text: string): number {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 300)
    throw wrongSetting(name, text, 'a whole number of seconds from 1 to 300')
  return seconds
}

function readUnplayable(text: string): Unplayable {
  const found = unplayables.find((one) => one === text)
  if (!found) throw wrongSetting('SELOSTE_UNPLAYABLE', text, unplayables.join(', '))
  return found
}

function findConfigFile(environment: Readonly<Record<string, string | undefined>>, folder: string) {
  const named = environment['SELOSTE_CONFIG']
  const path = resolve(
    folder,
    named || join(environment['SELOSTE_DATA'] || defaultValue('SELOSTE_DATA'), 'seloste.yaml'),
  )
  const file = readConfigFile(path, fileNames)
  if (named && !file) throw wrongSetting('SELOSTE_CONFIG', named, 'the path of an existing settings file')
  if (!named && file?.has('SELOSTE_DATA')) {
    throw new ConfigFault(
      'config-file-wrong',
      `The settings file ${path} sets SELOSTE_DATA, but was found through SELOSTE_DATA: set it in the environment.`,
    )
  }
  return { file, path }
}

/** Passkeys do not work with an IP address; browsers trust localhost without TLS. */
function publicUrlOf(text: string | undefined, http: Endpoint): string | undefined {
  if (text !== undefined) return parsePublicUrl(text)
  return isLoopback(http.host) && http.port !== 0 ? `http://localhost:${http.port}` : undefined
}

function assertFolder(name: SettingName, path: string): void {
  const found = statOf(name, path)
  if (found && !found.isDirectory()) throw wrongSetting(name, path, 'a folder, or a path where a folder can be created')
}

/** Returns undefined if there is nothing at the path; a path that this user may not read is a fault. */
function statOf(name: SettingName, path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw wrongSetting(name, path, `a path that this process may read (${code})`)
  }
}

function checkDatabaseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const allowed = 'postgres://user:password@host:port/database'
  // A URL that cannot be parsed is not repeated: it may contain a password.
  if (!URL.canParse(text)) throw wrongSetting('DATABASE_URL', '(not a URL)', allowed)
  const url = new URL(text)
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw wrongSetting('DATABASE_URL', `${url.protocol}//...`, allowed)
  }
  if (url.pathname.length < 2) throw wrongSetting('DATABASE_URL', `${url.protocol}//... without a database`, allowed)
  return text
}

function readObjects(text: string | undefined, dataDirectory: string, folder: string): FolderAddress | S3Address {
  if (text === undefined) return { kind: 'folder', folder: join(dataDirectory, 'objects') }
  const at = parseObjects(text, folder)
  if (at.kind === 'folder') assertFolder('OBJECTS_URL', at.folder)
  return at
}

function checkFile(
  name: SettingName,
  text: string | undefined,
  folder: string,
  description: string,
): string | undefined {
  if (text === undefined) return undefined
  const path = resolve(folder, text)
  if (!statOf(name, path)?.isFile()) throw wrongSetting(name, text, `the path of ${description} that exists`)
  return path
}

/** Parses `server-room` for all places, or `data=server-room, database=vault`; places within the data folder default to its site. */
function checkSites(text: string | undefined): Settings['sites'] {
  if (text === undefined) return {}
  const allowed = `a storage site of the description, or one for each place: ${placesOfData.map((place) => `${place}=site`).join(', ')}`
  const sites: Settings['sites'] = {}
  for (const entry of text.split(',').map((one) => one.trim())) {
    const [, place, site] = /^(?:(\w+)\s*=\s*)?([\w.-]+)$/.exec(entry) ?? []
    const places = placesOfData.filter((one) => place === undefined || one === place)
    if (site === undefined || places.length === 0) throw wrongSetting('SELOSTE_SITES', text, allowed)
    for (const one of places) sites[one] ??= site
  }
  return sites
}

/** Parses `https://witness.example name+01234567+key @site, https://…`: each with the verifier key that `seloste witness` prints. */
function checkWitnesses(text: string | undefined): Settings['witnesses'] {
  if (text === undefined) return []
  const allowed =
    'for each witness its address and its verifier key, with commas between: https://witness.example name+01234567+BASE64, and after it @ and the id of the storage site where it runs'
  return text.split(',').map((one) => {
    const [url = '', key = '', sites, ...more] = one.trim().split(/\s+/)
    const isAddress = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
    const site = sites === undefined ? undefined : /^@([\w.-]+)$/.exec(sites)?.[1]
    const isWhole = sites === undefined || site !== undefined
    if (!isAddress || !/^[^+]+\+[0-9a-f]{8}\+B[A-P][A-Za-z0-9+/]{42}$/.test(key) || !isWhole || more.length > 0) {
      throw wrongSetting('SELOSTE_WITNESSES', one.trim(), allowed)
    }
    return { url: url.replace(/\/+$/, ''), key, ...(site === undefined ? {} : { site }) }
  })
}

/** Checks the length of the demo's password (OWASP ASVS 5.0, 6.2.1). */
function checkDemoPassword(text: string | undefined): string | undefined {
  if (text === undefined || text.length >= minPasswordLength) return text
  const allowed = `${minPasswordLength} characters or more`
  throw wrongSetting('SELOSTE_DEMO_PASSWORD', `(${text.length} characters)`, allowed)
}

/** Refuses two listeners on one port: they would fail later and less clearly. */
function assertDistinctPorts({ http, sip, sips, rtp }: Settings): void {
  const listeners = Object.entries({ SELOSTE_HTTP: http, SELOSTE_SIP: sip, SELOSTE_SIPS: sips })
  for (const [index, [name, one]] of listeners.entries()) {
    for (const [otherName, other] of listeners.slice(0, index)) {
      if (one.port !== 0 && one.port === other.port && one.host === other.host) {
        throw wrongSetting(name, formatEndpoint(one), `a port that ${otherName} does not have`)
      }
    }
  }
  if (sip.port >= rtp.firstPort && sip.port <= rtp.lastPort) {
    throw wrongSetting('SELOSTE_SIP', formatEndpoint(sip), 'a port outside the media ports of SELOSTE_RTP')
  }
}
