import { mkdtempSync, rmSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { generateKeyPair } from '../age/age-header.ts'
import { formatEndpoint } from './addresses.ts'
import { readSettings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(join(folder, 'client'), 'a client’s own')
const provider = {
  SELOSTE_OIDC_ISSUER: 'https://login.example',
  SELOSTE_OIDC_CLIENT_ID: 'seloste',
  SELOSTE_OIDC_CLIENT_SECRET_FILE: 'client',
}

const { recipient } = generateKeyPair()
const witness = `w+01234567+BA${'a'.repeat(42)}`

function messageFor(environment: Record<string, string>): string {
  try {
    readSettings(environment, folder)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the settings were accepted')
}

test('without any setting, everything is embedded and on loopback', () => {
  expect(readSettings({}, folder)).toEqual({
    dataDirectory: join(folder, 'var'),
    configFile: undefined,
    integrations: { webhooksFile: undefined, decisions: undefined, traces: undefined },
    http: { host: '127.0.0.1', port: 8080 },
    publicUrl: 'http://localhost:8080',
    sip: { host: '127.0.0.1', port: 5060 },
    sips: { host: '127.0.0.1', port: 5061 },
    rtp: { host: '127.0.0.1', firstPort: 30_000, lastPort: 39_999 },
    sipSecurity: { sipsFiles: undefined, sipSources: undefined, sdesInClear: [] },
    splitRoles: {
      node: expect.stringMatching(/^[a-z0-9][a-z0-9.-]*$/) as unknown,
      socketsFolder: undefined,
      drawKeyFile: undefined,
      custodian: undefined,
      custodianListen: undefined,
      desks: [],
      proxies: [],
      proxyHeader: 'x-forwarded-for',
      metricsSources: [],
      linkFiles: undefined,
    },
    databaseAdministrators: [],
    databaseUrl: undefined,
    objects: { kind: 'folder', folder: join(folder, 'var/objects') },
    keys: { kind: 'file' },
    descriptionFile: undefined,
    enginesFile: undefined,
    trunksFile: undefined,
    unplayable: 'history',
    feedsFile: undefined,
    sites: {},
    identityProvider: undefined,
    witnesses: [],
    backups: [],
    backupKey: undefined,
    backupAt: Temporal.PlainTime.from('02:30'),
    checkMs: 60_000,
    ledgerCopies: [],
    demoPassword: undefined,
  })
})

test('an IPv6 address is in brackets', () => {
  const { http, rtp } = readSettings({ SELOSTE_HTTP: '[::1]:80', SELOSTE_RTP: '[fe80::1]:2000-2003' }, folder)
  expect(http).toEqual({ host: '::1', port: 80 })
  expect(formatEndpoint(http)).toBe('[::1]:80')
  expect(rtp).toEqual({ host: 'fe80::1', firstPort: 2000, lastPort: 2003 })
})

test('SIP clients are configured by address or prefix, of both families', () => {
  const environment = { SELOSTE_SIP_SOURCES: '192.0.2.10, 2001:db8:7::/48', SELOSTE_SDES_IN_CLEAR: '10.0.0.0/8' }
  expect(readSettings(environment, folder).sipSecurity).toEqual({
    sipsFiles: undefined,
    sipSources: ['192.0.2.10', '2001:db8:7::/48'],
    sdesInClear: ['10.0.0.0/8'],
  })
})

test('a site can be set for each store (data, objects, keys, database) or for all', () => {
  const sites = (text: string) => readSettings({ SELOSTE_SITES: text }, folder).sites
  expect(sites('server-room')).toEqual({
    data: 'server-room',
    objects: 'server-room',
    keys: 'server-room',
    database: 'server-room',
  })
  expect(sites('data=server-room, database = vault')).toEqual({ data: 'server-room', database: 'vault' })
})

test('sealed recordings can be in a bucket', () => {
  const OBJECTS_URL = 's3://seloste/prod?endpoint=https://s3.example/&region=fi-1&credentials=s3&profile=seloste'
  expect(readSettings({ OBJECTS_URL }, folder).objects).toEqual({
    kind: 's3',
    bucket: 'seloste',
    prefix: 'prod/',
    endpoint: 'https://s3.example',
    region: 'fi-1',
    credentialsFile: join(folder, 's3'),
    profile: 'seloste',
  })
})

test('a place of copies has a name, an address and a site, and the location of its access keys separately', () => {
  const { backups, backupKey, backupAt, ledgerCopies } = readSettings(
    {
      SELOSTE_BACKUPS:
        'safe=file:///mnt/sa%20fe@cellar, far = s3://bucket/seloste/?endpoint=https://s3.example&region=eu-north-1&credentials=s3@vault',
      SELOSTE_BACKUP_KEY: recipient,
      SELOSTE_BACKUP_AT: '3:15',
      SELOSTE_LEDGER: 'other=s3://ledgers?region=eu-north-1',
    },
    folder,
  )
  expect(backups).toEqual([
    { name: 'safe', at: { kind: 'folder', folder: '/mnt/sa fe' }, site: 'cellar' },
    {
      name: 'far',
      at: {
        kind: 's3',
        bucket: 'bucket',
        prefix: 'seloste/',
        endpoint: 'https://s3.example',
        region: 'eu-north-1',
        credentialsFile: join(folder, 's3'),
        profile: undefined,
      },
      site: 'vault',
    },
  ])
  expect(backupKey).toBe(recipient)
  expect(backupAt.toString()).toBe('03:15:00')
  expect(ledgerCopies).toMatchObject([{ name: 'other', at: { bucket: 'ledgers', prefix: '' }, site: undefined }])
})

test('a witness can be assigned to a site', () => {
  const witnesses = readSettings(
    { SELOSTE_WITNESSES: `https://a.example ${witness} @vault, https://b.example ${witness}` },
    folder,
  ).witnesses
  expect(witnesses).toEqual([
    { url: 'https://a.example', key: witness, site: 'vault' },
    { url: 'https://b.example', key: witness },
  ])
})

test('the keys are in a token of a PKCS#11 module, or in a Vault, if configured', () => {
  const keys = (text: string) => readSettings({ SELOSTE_KEYS: text }, folder).keys
  expect(keys('pkcs11:/opt/hsm/lib.so?token=seloste%201&pin-file=/etc/seloste/pin')).toEqual({
    kind: 'pkcs11',
    module: '/opt/hsm/lib.so',
    token: 'seloste 1',
    pinFile: '/etc/seloste/pin',
  })
  const plain = { kind: 'vault', mount: 'transit', prefix: 'seloste-', namespace: undefined, caFile: undefined }
  expect(keys('vault:https://vault.example:8200?token-file=/etc/token&namespace=')).toEqual({
    ...plain,
    url: 'https://vault.example:8200',
    tokenFile: '/etc/token',
  })
  expect(
    keys('vault:http://127.0.0.1:8200?mount=a/b&token-file=/t&prefix=one-&namespace=agency/calls&ca-file=/etc/ca.pem'),
  ).toEqual({
    kind: 'vault',
    url: 'http://127.0.0.1:8200',
    mount: 'a/b',
    prefix: 'one-',
    tokenFile: '/t',
    namespace: 'agency/calls',
    caFile: '/etc/ca.pem',
  })
})

test('errors in SELOSTE_KEYS are reported without a PIN, a token or a password', () => {
  const secret = 'hunter2'
  const vault = 'vault:https://vault.example'
  for (const [text, words] of [
    [`/var/${secret}`, 'SELOSTE_KEYS is "...": expected nothing for a folder'],
    [`file:///${secret}`, 'SELOSTE_KEYS is "file:..."'],
    ['pkcs11:lib.so?token=a&pin-file=/p', 'SELOSTE_KEYS is "pkcs11:lib.so"'],
    ['pkcs11:/lib.so?pin-file=/p', 'without a token'],
    ['pkcs11:/lib.so?token=a', 'without pin-file'],
    [`pkcs11:/lib.so?token=a&pin=${secret}`, 'has "pin" in pkcs11:..., an unknown parameter'],
    ['pkcs11:/lib.so?token=a&token=b&pin-file=/p', 'has "token" in pkcs11:..., twice'],
    [`vault:https://me:${secret}@vault.example?token-file=/t`, 'without a plain address'],
    [`${vault}/v1/${secret}?token-file=/t`, 'without a plain address'],
    [`${vault}?token=${secret}`, 'has "token" in vault:..., an unknown parameter'],
    [vault, 'without token-file'],
    [`${vault}?token-file=token`, 'token-file=/an/absolute/path'],
    [`${vault}?token-file=/t&mount=../sys`, 'a mount that is not a path'],
    [`${vault}?token-file=/t&prefix=-a`, 'a prefix that Vault does not allow'],
    ['vault:http://vault.example?token-file=/t', 'SELOSTE_KEYS is "vault:http://..."'],
  ] as const) {
    const message = messageFor({ SELOSTE_KEYS: text })
    expect(message).toContain(words)
    expect(message).not.toContain(secret)
    expect(message).not.toContain('\n')
  }
})

test('the identity provider redirects to the public address of the web', () => {
  const settings = readSettings(
    { ...provider, SELOSTE_PUBLIC_URL: 'https://seloste.example/', SELOSTE_OIDC_ACR: 'a, b' },
    folder,
  )
  expect(settings.publicUrl).toBe('https://seloste.example')
  expect(settings.identityProvider).toEqual({
    issuer: 'https://login.example',
    clientId: 'seloste',
    clientSecretFile: join(folder, 'client'),
    name: 'login.example',
    claim: 'preferred_username',
    match: 'userId',
    acr: ['a', 'b'],
  })
})

test('requesters sign in at a separate provider, and the settings must name its ACR values for strong authentication', () => {
  const requesters = Object.fromEntries(
    Object.entries(provider).map(([name, value]) => [name.replace('OIDC', 'REQUESTERS_OIDC'), value]),
  )
  const settings = readSettings(
    { ...requesters, SELOSTE_PUBLIC_URL: 'https://seloste.example/', SELOSTE_REQUESTERS_OIDC_ACR: 'loa2, loa3' },
    folder,
  )
  expect(settings.identityProvider).toBeUndefined()
  expect(settings.requesterIdentity).toEqual({
    ...{ issuer: 'https://login.example', clientId: 'seloste', clientSecretFile: join(folder, 'client') },
    ...{ name: 'login.example', claim: 'sub', nameClaim: 'name', scopes: 'openid profile', acr: ['loa2', 'loa3'] },
  })
  expect(messageFor({ ...requesters })).toContain('SELOSTE_REQUESTERS_OIDC_ACR is empty')
  expect(messageFor({ SELOSTE_REQUESTERS_OIDC_ACR: 'loa2' })).toContain('SELOSTE_REQUESTERS_OIDC_ISSUER is empty')
})

describe('a wrong setting is reported in one line: its name, the value found, the values allowed', () => {
  const wrong: [Record<string, string>, string][] = [
    [{ SELOSTE_HTTP: '8080' }, 'SELOSTE_HTTP is "8080": expected an IP address and a port'],
    [{ SELOSTE_HTTP: '::1:8080' }, 'SELOSTE_HTTP is "::1:8080"'],
    [{ SELOSTE_HTTP: '127.0.0.1:65536' }, 'SELOSTE_HTTP is "127.0.0.1:65536"'],
    [{ SELOSTE_SIP: 'example.org:5060' }, 'SELOSTE_SIP is "example.org:5060"'],
    [{ SELOSTE_SIPS: '[127.0.0.1]:5061' }, 'SELOSTE_SIPS is "[127.0.0.1]:5061"'],
    [
      { SELOSTE_SIPS_KEY: 'key.pem' },
      'all three of SELOSTE_SIPS_CERTIFICATE, SELOSTE_SIPS_KEY and SELOSTE_SIPS_CLIENTS',
    ],
    [{ SELOSTE_SIP_SOURCES: '192.0.2.0/33' }, 'SELOSTE_SIP_SOURCES is "192.0.2.0/33"'],
    [{ SELOSTE_SIP_SOURCES: '192.0.2.10, 0.0.0.0/0' }, 'SELOSTE_SIP_SOURCES is "0.0.0.0/0"'],
    [{ SELOSTE_SIP: '0.0.0.0:5060' }, 'SELOSTE_SIP is 0.0.0.0:5060, which other machines can reach'],
    [{ SELOSTE_SIP: '[2001:db8::5]:5060' }, 'Set SELOSTE_SIP_SOURCES to the addresses of the recording clients'],
    [{ SELOSTE_METRICS_SOURCES: 'prometheus' }, 'SELOSTE_METRICS_SOURCES is "prometheus"'],
    [{ SELOSTE_SIP_SOURCES: 'sbc.example' }, 'SELOSTE_SIP_SOURCES is "sbc.example"'],
    [{ SELOSTE_RTP: '127.0.0.1:30001-39999' }, 'ports from an even to an odd one'],
    [{ SELOSTE_RTP: '127.0.0.1:30000-30000' }, 'ports from an even to an odd one'],
    [{ SELOSTE_RTP: '127.0.0.1:30000-29999' }, 'ports from an even to an odd one'],
    [{ SELOSTE_RTP: '127.0.0.1:80-99' }, '1024 or more'],
    [{ SELOSTE_RTP: '127.0.0.1:30000' }, 'SELOSTE_RTP is "127.0.0.1:30000"'],
    [{ SELOSTE_HTTP: '127.0.0.1:5060' }, 'SELOSTE_SIP is "127.0.0.1:5060": expected a port that SELOSTE_HTTP'],
    [{ SELOSTE_SIP: '127.0.0.1:30010' }, 'a port outside the media ports of SELOSTE_RTP'],
    [{ SELOSTE_SITES: 'disks=vault' }, 'SELOSTE_SITES is "disks=vault": expected a storage site of the description'],
    [{ SELOSTE_SITES: 'data=vault,' }, 'SELOSTE_SITES is "data=vault,"'],
    [{ SELOSTE_SITES: 'the vault' }, 'SELOSTE_SITES is "the vault"'],
    [{ SELOSTE_DATA: '/etc/passwd' }, 'SELOSTE_DATA is "/etc/passwd": expected a folder'],
    [{ SELOSTE_CONFIG: 'none.yaml' }, 'SELOSTE_CONFIG is "none.yaml"'],
    [{ OBJECTS_URL: 'objects' }, 'OBJECTS_URL is "(an address)": expected file:///'],
    [{ OBJECTS_URL: 's3://BUCKET_' }, 'OBJECTS_URL is "(an address)": expected file:///'],
    [{ OBJECTS_URL: 's3://key:secret@bucket' }, 'OBJECTS_URL has access keys in the address of OBJECTS_URL'],
    [{ OBJECTS_URL: 's3://bucket?secret=secret' }, 'an unknown parameter in the address of OBJECTS_URL'],
    [
      {
        OBJECTS_URL: 's3://one/a?region=eu-north-1',
        SELOSTE_BACKUPS: 'far=s3://one/a/b?region=eu-north-1@vault',
        SELOSTE_BACKUP_KEY: recipient,
      },
      'SELOSTE_BACKUPS is "far": expected a bucket, or a prefix, apart from that of OBJECTS_URL',
    ],
    [{ DATABASE_URL: 'mysql://u:secret@h/d' }, 'DATABASE_URL is "mysql://..."'],
    [{ DATABASE_URL: 'postgres://u:secret@h' }, 'without a database'],
    [
      { SELOSTE_PUBLIC_URL: 'http://seloste.example' },
      'SELOSTE_PUBLIC_URL is "http://seloste.example": expected where',
    ],
    [{ SELOSTE_PUBLIC_URL: 'https://seloste.example/web' }, 'SELOSTE_PUBLIC_URL is "https://seloste.example/web"'],
    [{ SELOSTE_OIDC_CLIENT_ID: 'seloste' }, 'SELOSTE_OIDC_ISSUER is empty: expected the provider’s issuer'],
    [{ SELOSTE_OIDC_ISSUER: 'http://login.example' }, 'SELOSTE_OIDC_ISSUER is "http://login.example"'],
    [{ SELOSTE_OIDC_ISSUER: 'https://login.example' }, 'SELOSTE_OIDC_CLIENT_ID is empty'],
    [
      { ...provider, SELOSTE_OIDC_CLIENT_SECRET_FILE: 'none' },
      'SELOSTE_OIDC_CLIENT_SECRET_FILE is "none": expected the path',
    ],
    [{ ...provider, SELOSTE_OIDC_MATCH: 'name' }, 'SELOSTE_OIDC_MATCH is "name": expected userId or externalId'],
    [{ ...provider, SELOSTE_HTTP: '0.0.0.0:80' }, 'SELOSTE_PUBLIC_URL is empty: expected where browsers reach Seloste'],
    [{ SELOSTE_BACKUPS: 'file:///mnt/safe' }, 'SELOSTE_BACKUPS is "(not a name and an address)": expected places'],
    [{ SELOSTE_BACKUPS: 'safe=/mnt/secret' }, 'SELOSTE_BACKUPS is "safe=(an address)"'],
    [{ SELOSTE_BACKUPS: 'far=s3://key:secret@bucket' }, 'SELOSTE_BACKUPS has access keys in the address of far'],
    [{ SELOSTE_BACKUPS: 'far=s3://bucket?secretkey=secret' }, 'an unknown parameter in the address of far'],
    [{ SELOSTE_BACKUPS: 'far=s3://bucket?endpoint=https://u:secret@h' }, 'SELOSTE_BACKUPS is "far=(an address)"'],
    [{ SELOSTE_BACKUPS: 'keys=file:///mnt/safe' }, 'SELOSTE_BACKUPS is "keys": expected a name that no other place'],
    [{ SELOSTE_BACKUPS: 'a=file:///mnt/a, a=file:///mnt/b' }, 'SELOSTE_BACKUPS is "a": expected a name that no other'],
    [
      { SELOSTE_BACKUPS: 'a=file:///mnt/a@x', SELOSTE_LEDGER: 'b=file:///mnt/a/@y', SELOSTE_BACKUP_KEY: recipient },
      'SELOSTE_LEDGER is "b": expected a separate place: it has the same address as a',
    ],
    [
      { SELOSTE_BACKUPS: 'a=file:///mnt/a@x, b=file:///mnt/a/objects@y', SELOSTE_BACKUP_KEY: recipient },
      'SELOSTE_BACKUPS is "b": expected a separate place',
    ],
    [
      { SELOSTE_DATA: '/mnt/data', SELOSTE_BACKUPS: 'a=file:///mnt/data@x', SELOSTE_BACKUP_KEY: recipient },
      'SELOSTE_BACKUPS is "a": expected a folder outside those where the register keeps its own data',
    ],
    [
      { SELOSTE_DATA: '/mnt/data', SELOSTE_LEDGER: 'a=file:///mnt/data/ledger/copy@x' },
      'SELOSTE_LEDGER is "a": expected a folder outside those where the register keeps its own data',
    ],
    [
      { OBJECTS_URL: 'file:///srv/objects', SELOSTE_BACKUPS: 'a=file:///srv@x', SELOSTE_BACKUP_KEY: recipient },
      'SELOSTE_BACKUPS is "a": expected a folder outside those where the register keeps its own data',
    ],
    [{ SELOSTE_BACKUPS: 'a=file:///mnt/a' }, 'SELOSTE_BACKUP_KEY is empty: expected the public half (age1…)'],
    [
      { SELOSTE_BACKUP_KEY: recipient.slice(0, -1) + (recipient.endsWith('q') ? 'p' : 'q') },
      'expected the public half (age1…) of a key',
    ],
    [{ SELOSTE_BACKUP_KEY: 'AGE-SECRET-KEY-1SECRET' }, 'SELOSTE_BACKUP_KEY is "(a private half)"'],
    [{ SELOSTE_CHECK_SECONDS: '0' }, 'SELOSTE_CHECK_SECONDS is "0": expected a whole number of seconds from 1 to 300'],
    [{ SELOSTE_BACKUP_AT: '24.00' }, 'SELOSTE_BACKUP_AT is "24.00": expected a time of day, as 02.30'],
    [{ SELOSTE_WITNESSES: `https://w.example ${witness} vault` }, 'and after it @ and the id of the storage site'],
    [{ SELOSTE_DEMO_PASSWORD: 'secret' }, 'SELOSTE_DEMO_PASSWORD is "(6 characters)": expected 8 characters or more'],
  ]
  for (const [environment, expected] of wrong) {
    test(JSON.stringify(environment), () => {
      const message = messageFor(environment)
      expect(message).toContain(expected)
      expect(message).not.toContain('\n')
      expect(message).not.toContain('secret')
    })
  }
})

test('a place that is a link to the register’s own folder is refused', () => {
  const [data, link] = [join(folder, 'data'), join(folder, 'link')]
  mkdirSync(join(data, 'objects'), { recursive: true })
  symlinkSync(data, link)
  const SELOSTE_BACKUPS = `a=file://${link}@x`
  expect(messageFor({ SELOSTE_DATA: data, SELOSTE_BACKUPS, SELOSTE_BACKUP_KEY: recipient })).toContain('its own data')
})

describe('the settings file', () => {
  const file = join(folder, 'own.yaml')

  test('gives values that the environment lacks', () => {
    writeFileSync(file, 'SELOSTE_HTTP: 127.0.0.1:81\nSELOSTE_SIP: 127.0.0.1:82\n')
    const settings = readSettings({ SELOSTE_CONFIG: file, SELOSTE_HTTP: '127.0.0.1:83' }, folder)
    expect(settings).toMatchObject({ configFile: file, http: { port: 83 }, sip: { port: 82 } })
  })

  test('is found as seloste.yaml in the data folder', () => {
    writeFileSync(join(folder, 'seloste.yaml'), 'OBJECTS_URL: file:///srv/objects\n')
    expect(readSettings({ SELOSTE_DATA: '.' }, folder).objects).toEqual({ kind: 'folder', folder: '/srv/objects' })
  })

  test('with an unknown name stops the start', () => {
    writeFileSync(file, 'SELOSTE_HTPP: 127.0.0.1:81\n')
    expect(messageFor({ SELOSTE_CONFIG: file })).toContain('has "SELOSTE_HTPP": allowed are SELOSTE_DATA,')
  })

  test('that is not YAML stops the start, with one line', () => {
    writeFileSync(file, 'a: [\n')
    const message = messageFor({ SELOSTE_CONFIG: file })
    expect(message).toMatch(/own\.yaml is not YAML: .+$/)
    expect(message).not.toContain('\n')
  })
})
