import { realpathSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRecipient } from '../age/age-header.ts'
import { ConfigFault, wrongSetting } from './faults.ts'

/** A place named in settings, for backups or a copy of the destruction ledger. */
export interface PlaceSetting {
  name: string
  at: FolderAddress | S3Address
  /** Id of its storage site in the description. */
  site: string | undefined
}

export interface FolderAddress {
  kind: 'folder'
  /** Absolute. */
  folder: string
}

/** A bucket, or a prefix of one. */
export interface S3Address {
  kind: 's3'
  bucket: string
  /** Empty, or ends with a slash. */
  prefix: string
  /** Endpoint of the server; default: AWS of the region. */
  endpoint: string | undefined
  region: string
  /** Absolute path of an AWS credentials file; default: the AWS environment variables. */
  credentialsFile: string | undefined
  profile: string | undefined
}

const placeForm =
  'places with commas between, each a name, an address and a site of the description: safe=file:///mnt/safe@cellar, or far=s3://bucket/prefix?endpoint=https://s3.example&region=eu-north-1&credentials=/etc/seloste/s3@vault'
const objectsForm =
  'file:///path/of/a/folder, or s3://bucket/prefix?endpoint=https://s3.example&region=eu-north-1&credentials=/etc/seloste/s3; nothing for a folder below SELOSTE_DATA'
/** Reserved names. */
const reservedNames = ['data', 'objects', 'keys', 'database']
const s3Parameters = ['endpoint', 'region', 'credentials', 'profile']

/**
 * Reads a list of places.
 * @param folder base of relative paths of credentials files
 * @throws ConfigFault `setting-wrong`, without the address, which may contain a secret
 */
export function parsePlaces(setting: string, text: string | undefined, folder: string): PlaceSetting[] {
  if (text === undefined) return []
  const places = text.split(',').map((entry) => parsePlace(setting, entry.trim(), folder))
  for (const [index, { name }] of places.entries()) {
    if (reservedNames.includes(name) || places.findIndex((one) => one.name === name) !== index) {
      throw wrongSetting(setting, name, 'a name that no other place has')
    }
  }
  return places
}

/**
 * Reads the address of the register's own objects (OBJECTS_URL).
 * @param folder base of a relative path of a credentials file
 * @throws ConfigFault `setting-wrong`, without the address
 */
export function parseObjects(text: string, folder: string): FolderAddress | S3Address {
  const setting = 'OBJECTS_URL'
  refuseKeysIn(setting, setting, text)
  const at = readAddress(setting, setting, text, folder)
  if (at === undefined) throw wrongSetting(setting, '(an address)', objectsForm)
  return at
}

/**
 * Checks that places have different names and addresses, and that none is the register's own folder or bucket, or contains it:
 * rotation deletes files of a place.
 * @param own folders of the register, absolute
 * @param objects where its sealed recordings are
 */
export function assertPlacesSeparate(
  backups: readonly PlaceSetting[],
  ledgers: readonly PlaceSetting[],
  own: readonly string[],
  objects: FolderAddress | S3Address,
): void {
  const all = [...backups, ...ledgers]
  for (const [index, one] of all.entries()) {
    const setting = index < backups.length ? 'SELOSTE_BACKUPS' : 'SELOSTE_LEDGER'
    for (const other of all.slice(0, index)) {
      if (one.name === other.name) throw wrongSetting(setting, one.name, 'a name that no other place has')
      if (describePlace(one) === describePlace(other) || areNested(folderOf(one), folderOf(other))) {
        throw wrongSetting(
          setting,
          one.name,
          `a separate place: it has the same address as ${other.name}, or one is inside the other`,
        )
      }
    }
    if (objects.kind === 's3' && one.at.kind === 's3' && areNestedBuckets(objects, one.at)) {
      throw wrongSetting(setting, one.name, 'a bucket, or a prefix, apart from that of OBJECTS_URL')
    }
    if (own.some((folder) => areNested(folderOf(one), folder))) {
      throw wrongSetting(
        setting,
        one.name,
        'a folder outside those where the register keeps its own data, and not around them',
      )
    }
  }
}

function folderOf({ at }: PlaceSetting): string | undefined {
  return at.kind === 'folder' ? at.folder : undefined
}

/** Returns true if the folders are the same or nested, with links resolved. */
function areNested(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false
  const [a, b] = [realFolder(one), realFolder(other)]
  return [relative(a, b), relative(b, a)].some((path) => path !== '..' && !path.startsWith('../'))
}

function areNestedBuckets(one: S3Address, other: S3Address): boolean {
  if (one.bucket !== other.bucket || one.endpoint !== other.endpoint) return false
  return one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)
}

/** Resolves links; a folder that does not exist yet has none. */
function realFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/**
 * Checks SELOSTE_BACKUP_KEY, the public half of the recovery key.
 * @throws ConfigFault
 */
export function checkBackupKey(text: string | undefined, backups: readonly PlaceSetting[]): string | undefined {
  const allowed = 'the public half (age1…) of a key whose private half is kept in a safe; `age-keygen` creates one'
  if (text === undefined) {
    if (backups.length > 0) throw wrongSetting('SELOSTE_BACKUP_KEY', '', `${allowed}; SELOSTE_BACKUPS needs it`)
    return undefined
  }
  if (text.toUpperCase().startsWith('AGE-SECRET-KEY-')) {
    throw wrongSetting(
      'SELOSTE_BACKUP_KEY',
      '(a private half)',
      `${allowed}; the private half must not be on this machine`,
    )
  }
  if (!isRecipient(text)) throw wrongSetting('SELOSTE_BACKUP_KEY', text, allowed)
  return text
}

/**
 * Reads SELOSTE_BACKUP_AT: `02.30` or `02:30`, local time of the register.
 * @throws ConfigFault
 */
export function parseTimeOfDay(setting: string, text: string): Temporal.PlainTime {
  const [, hour, minute] = /^([01]?\d|2[0-3])[.:]([0-5]\d)$/.exec(text) ?? []
  if (hour === undefined) throw wrongSetting(setting, text, 'a time of day, as 02.30')
  return Temporal.PlainTime.from({ hour: Number(hour), minute: Number(minute) })
}

/** Formats a place's address for people. It has no access keys, as settings have none. */
export function describePlace({ at }: Pick<PlaceSetting, 'at'>): string {
  if (at.kind === 'folder') return at.folder
  return `s3://${at.bucket}/${at.prefix}${at.endpoint === undefined ? '' : ` at ${at.endpoint}`}`
}

function parsePlace(setting: string, entry: string, folder: string): PlaceSetting {
  const [, name, rest = ''] = /^([a-z][a-z0-9-]{0,30})\s*=\s*(\S.*)$/.exec(entry) ?? []
  if (name === undefined) throw wrongSetting(setting, '(not a name and an address)', placeForm)
  // The site follows the last @; a path or parameter may contain others.
  const [, address = rest, site] = /^(.*)@([\w.-]+)$/.exec(rest) ?? []
  refuseKeysIn(setting, name, rest)
  const at = readAddress(setting, name, address, folder)
  if (at === undefined) throw wrongSetting(setting, `${name}=(an address)`, placeForm)
  return { name, at, site }
}

function refuseKeysIn(setting: string, name: string, address: string): void {
  if (!/^s3:\/\/[^/?#]*:/.test(address)) return
  throw new ConfigFault(
    'setting-wrong',
    `${setting} has access keys in the address of ${name}: put them into a file named by its credentials= parameter, or into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
  )
}

/** Parses the address of a folder or a bucket; undefined if it is neither. */
function readAddress(
  setting: string,
  name: string,
  address: string,
  folder: string,
): FolderAddress | S3Address | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (url.hash !== '') return undefined
  if (url.protocol === 's3:') return parseS3(setting, name, url, folder)
  if (!address.startsWith('file:///') || url.search !== '') return undefined
  return { kind: 'folder', folder: resolve(fileURLToPath(url)) }
}

function parseS3(setting: string, name: string, url: URL, folder: string): S3Address | undefined {
  const parameters = url.searchParams
  for (const parameter of parameters.keys()) {
    if (!s3Parameters.includes(parameter)) {
      // A secret in an address is a parameter of its own.
      throw new ConfigFault(
        'setting-wrong',
        `${setting} has an unknown parameter in the address of ${name}: allowed are ${s3Parameters.join(', ')}.`,
      )
    }
  }
  const bucket = url.hostname
  const path = url.pathname.replace(/^\/+|\/+$/g, '')
  const endpoint = parameters.get('endpoint') ?? undefined
  const isBucket = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
  const isPrefix = path === '' || path.split('/').every((part) => /^[a-z0-9-][a-z0-9.-]*$/.test(part))
  if (!isBucket || !isPrefix || (endpoint !== undefined && !isWebAddress(endpoint))) return undefined
  const credentials = parameters.get('credentials')
  const region = parameters.get('region')
  // Without an endpoint the region decides the country of the data: it has no default (L26).
  if (endpoint === undefined && region === null) {
    throw wrongSetting(
      setting,
      `${name}=(a bucket)`,
      'a bucket with endpoint=, or with region= where the server is AWS',
    )
  }
  return {
    kind: 's3',
    bucket,
    prefix: path === '' ? '' : `${path}/`,
    endpoint: endpoint?.replace(/\/+$/, ''),
    // Servers other than AWS accept any region in the signature.
    region: region ?? 'us-east-1',
    credentialsFile: credentials === null ? undefined : resolve(folder, credentials),
    profile: parameters.get('profile') ?? undefined,
  }
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username + password + search + hash === ''
}
