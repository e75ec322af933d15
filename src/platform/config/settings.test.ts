import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
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
    http: { host: '127.0.0.1', port: 8080 },
    publicUrl: 'http://localhost:8080',
    sip: { host: '127.0.0.1', port: 5060 },
    sips: { host: '127.0.0.1', port: 5061 },
    rtp: { host: '127.0.0.1', firstPort: 30_000, lastPort: 39_999 },
    databaseUrl: undefined,
    objectsDirectory: join(folder, 'var/objects'),
    descriptionFile: undefined,
    sites: {},
    identityProvider: undefined,
    witnesses: [],
    demoPassword: undefined,
  })
})

test('an IPv6 address stands in brackets', () => {
  const { http, rtp } = readSettings({ SELOSTE_HTTP: '[::1]:80', SELOSTE_RTP: '[fe80::1]:2000-2003' }, folder)
  expect(http).toEqual({ host: '::1', port: 80 })
  expect(formatEndpoint(http)).toBe('[::1]:80')
  expect(rtp).toEqual({ host: 'fe80::1', firstPort: 2000, lastPort: 2003 })
})

test('the site of each place of data is told one by one, or of all at once', () => {
  const sites = (text: string) => readSettings({ SELOSTE_SITES: text }, folder).sites
  expect(sites('server-room')).toEqual({
    data: 'server-room',
    objects: 'server-room',
    keys: 'server-room',
    database: 'server-room',
  })
  expect(sites('data=server-room, database = vault')).toEqual({ data: 'server-room', database: 'vault' })
})

test('people come back from the identity provider to the address at which browsers find the web', () => {
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

describe('a wrong setting is one line: which, what was found, what is allowed', () => {
  const wrong: [Record<string, string>, string][] = [
    [{ SELOSTE_HTTP: '8080' }, 'SELOSTE_HTTP is "8080": allowed is an IP address and a port'],
    [{ SELOSTE_HTTP: '::1:8080' }, 'SELOSTE_HTTP is "::1:8080"'],
    [{ SELOSTE_HTTP: '127.0.0.1:65536' }, 'SELOSTE_HTTP is "127.0.0.1:65536"'],
    [{ SELOSTE_SIP: 'example.org:5060' }, 'SELOSTE_SIP is "example.org:5060"'],
    [{ SELOSTE_SIPS: '[127.0.0.1]:5061' }, 'SELOSTE_SIPS is "[127.0.0.1]:5061"'],
    [{ SELOSTE_RTP: '127.0.0.1:30001-39999' }, 'ports from an even to an odd one'],
    [{ SELOSTE_RTP: '127.0.0.1:30000-30000' }, 'ports from an even to an odd one'],
    [{ SELOSTE_RTP: '127.0.0.1:30000-29999' }, 'ports from an even to an odd one'],
    [{ SELOSTE_RTP: '127.0.0.1:80-99' }, '1024 or more'],
    [{ SELOSTE_RTP: '127.0.0.1:30000' }, 'SELOSTE_RTP is "127.0.0.1:30000"'],
    [{ SELOSTE_HTTP: '127.0.0.1:5060' }, 'SELOSTE_SIP is "127.0.0.1:5060": allowed is a port that SELOSTE_HTTP'],
    [{ SELOSTE_SIP: '127.0.0.1:30010' }, 'a port outside the media ports of SELOSTE_RTP'],
    [{ SELOSTE_SITES: 'disks=vault' }, 'SELOSTE_SITES is "disks=vault": allowed is a storage site of the description'],
    [{ SELOSTE_SITES: 'data=vault,' }, 'SELOSTE_SITES is "data=vault,"'],
    [{ SELOSTE_SITES: 'the vault' }, 'SELOSTE_SITES is "the vault"'],
    [{ SELOSTE_DATA: '/etc/passwd' }, 'SELOSTE_DATA is "/etc/passwd": allowed is a folder'],
    [{ SELOSTE_CONFIG: 'none.yaml' }, 'SELOSTE_CONFIG is "none.yaml"'],
    [{ OBJECTS_URL: 's3://bucket' }, 'an S3 store is not supported by this version'],
    [{ OBJECTS_URL: 'objects' }, 'OBJECTS_URL is "objects": allowed is file:///'],
    [{ DATABASE_URL: 'mysql://u:secret@h/d' }, 'DATABASE_URL is "mysql://..."'],
    [{ DATABASE_URL: 'postgres://u:secret@h' }, 'without a database'],
    [
      { SELOSTE_PUBLIC_URL: 'http://seloste.example' },
      'SELOSTE_PUBLIC_URL is "http://seloste.example": allowed is where',
    ],
    [{ SELOSTE_PUBLIC_URL: 'https://seloste.example/web' }, 'SELOSTE_PUBLIC_URL is "https://seloste.example/web"'],
    [{ SELOSTE_OIDC_CLIENT_ID: 'seloste' }, 'SELOSTE_OIDC_ISSUER is empty: allowed is the provider’s issuer'],
    [{ SELOSTE_OIDC_ISSUER: 'http://login.example' }, 'SELOSTE_OIDC_ISSUER is "http://login.example"'],
    [{ SELOSTE_OIDC_ISSUER: 'https://login.example' }, 'SELOSTE_OIDC_CLIENT_ID is empty'],
    [
      { ...provider, SELOSTE_OIDC_CLIENT_SECRET_FILE: 'none' },
      'SELOSTE_OIDC_CLIENT_SECRET_FILE is "none": allowed is the path',
    ],
    [{ ...provider, SELOSTE_OIDC_MATCH: 'name' }, 'SELOSTE_OIDC_MATCH is "name": allowed is userId or externalId'],
    [
      { ...provider, SELOSTE_HTTP: '0.0.0.0:80' },
      'SELOSTE_PUBLIC_URL is empty: allowed is where browsers reach Seloste',
    ],
    [{ SELOSTE_DEMO_PASSWORD: 'secret' }, 'SELOSTE_DEMO_PASSWORD is "(6 characters)": allowed is 8 characters or more'],
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

describe('the settings file', () => {
  const file = join(folder, 'own.yaml')

  test('gives what the environment does not', () => {
    writeFileSync(file, 'SELOSTE_HTTP: 127.0.0.1:81\nSELOSTE_SIP: 127.0.0.1:82\n')
    const settings = readSettings({ SELOSTE_CONFIG: file, SELOSTE_HTTP: '127.0.0.1:83' }, folder)
    expect(settings).toMatchObject({ configFile: file, http: { port: 83 }, sip: { port: 82 } })
  })

  test('is found as seloste.yaml in the data folder', () => {
    writeFileSync(join(folder, 'seloste.yaml'), 'OBJECTS_URL: file:///srv/objects\n')
    expect(readSettings({ SELOSTE_DATA: '.' }, folder).objectsDirectory).toBe('/srv/objects')
  })

  test('with a name that does not exist stops the start', () => {
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
